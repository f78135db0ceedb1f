/** The bytes of an answer, and who is to be told of how it goes on. An {@link Exchange} is one. */
export interface ByteSource {
  /** What has arrived since the last read; undefined at the end of the body. */
  read(): Promise<readonly Buffer[] | undefined>;
  /** Something of the answer has arrived; heartbeats are nothing of it. */
  content(): void;
  /** The server has said why its answer ends. */
  finished(): void;
  /** The answer is whole. */
  release(): void;
  /** No more of it is wanted. */
  close(): void;
}
