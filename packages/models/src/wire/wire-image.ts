import type { ImagePart } from "@pawl/core";

/** A picture by its address, which bytes in base64 are given by themselves. */
export function wireImage({ image, mediaType = "image/png", detail }: ImagePart): object {
  return { url: isAddress(image) ? image : dataURL(mediaType, image), ...(detail && { detail }) };
}

/** Whether a text is an address and not the bytes themselves. */
export function isAddress(text: string): boolean {
  return /^(?:data|https?):/i.test(text);
}

/** The address that says the bytes. */
export function dataURL(mediaType: string, base64: string): string {
  return `data:${mediaType};base64,${base64}`;
}
