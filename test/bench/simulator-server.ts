import { simulator } from "@pawl/simulator";

/** The simulator in a process of its own: calls the tool four times and then answers, whoever asks. */
const server = await simulator({
  models: ["steps-5"],
  script: ({ messages }) => {
    const results = messages.filter(({ role }) => role === "tool").length;
    if (results === 4) return "That was all of it.";
    const input = { record: results, fields: ["name", "value", "next"] };
    return { toolCalls: [{ id: `call_${results}`, name: "look_up", input }] };
  },
});
process.send?.(new URL(server.url).port);
process.on("disconnect", () => process.exit());
