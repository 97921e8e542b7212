/* The states of a conversation: the page is told each once, however answers and the stream overtake each other. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Chat } from "../../static/panel/chat.js";

const line = (seq, event = null) => ({
  id: `m${seq}`, seq, event, author: { kind: event ? "system" : "user", name: null }, body: "", createdAt: "2027-01-15T08:00:00Z",
});

/** A chat whose conversation was resolved as its second line, and a server on which more happens. */
function begin() {
  const server = { state: "resolved", lines: [line(1), line(2, "resolved")], before: { about() {}, lines() {} } };
  server.happens = (event, state) => {
    server.state = state;
    server.lines.push(line(server.lines.length + 1, event));
    return server.lines[server.lines.length - 1];
  };
  const api = {
    session: "s",
    async call(_method, path) {
      const after = Number(path.split("after=")[1]);
      if (Number.isNaN(after)) {
        const about = { id: "c", state: server.state, lastSeq: server.lines.length, readSeq: 0, agentReadSeq: 0 };
        server.before.about(); // what happens while the answer is under way
        return about;
      }
      server.before.lines();
      return { items: server.lines.filter((one) => one.seq > after), next: null };
    },
  };
  const heard = [];
  const outside = { changed() {}, introduce: async () => {}, tell: (said) => said.type === "event" && heard.push(said.name) };
  const chat = new Chat(api, { settle() {} }, "p", outside);
  const stream = (message) => chat.heard({ conversationId: "c", seq: message.seq, message });
  return { server, chat, heard, stream };
}

/** The same, with the conversation shown and read. */
async function resolved() {
  const { server, chat, heard, stream } = begin();
  chat.enter({ id: "c", state: "resolved", lastSeq: 2, readSeq: 0, unread: 0 });
  await chat.sync();
  assert.deepEqual(heard, []);
  return { server, chat, heard, stream };
}

test("what happened between the two answers that are read is told, and the stream does not tell it again", async () => {
  const { server, chat, heard, stream } = await resolved();
  const reopened = server.happens("reopened", "open");
  let rejected;
  server.before.lines = () => (rejected ||= server.happens("rejected", "rejected"));
  await chat.sync();
  assert.equal(chat.thread.state, "rejected");
  assert.equal(chat.thread.writable, false);
  stream(reopened);
  stream(rejected);
  assert.deepEqual(heard, ["conversationRejected"]);
});

test("an answer that the stream has overtaken does not bring the state before it back", async () => {
  const { server, chat, heard, stream } = await resolved();
  server.before.about = () => {
    server.before.about = () => {};
    stream(server.happens("reopened", "open"));
  };
  await chat.sync();
  assert.equal(chat.thread.state, "open");
  assert.deepEqual(heard, ["conversationReopened"]);
});

test("each turn that the stream brings is told once, also when the conversation is read again meanwhile", async () => {
  const { server, chat, heard, stream } = await resolved();
  stream(server.happens("reopened", "open"));
  server.before.lines = () => {
    server.before.lines = () => {};
    stream(server.happens("ended", "ended"));
  };
  await chat.sync();
  assert.deepEqual(heard, ["conversationReopened", "conversationEnd"]);
});

test("what happens before a conversation is read for the first time is told", async () => {
  for (const known of [true, false]) {
    const { server, chat, heard, stream } = begin();
    if (known) chat.enter({ id: "c", state: "open", lastSeq: 1, readSeq: 0, unread: 0 }); // as the boot has it
    else stream(server.lines[0]); // begun in another tab
    await chat.sync();
    assert.equal(chat.thread.state, "resolved");
    assert.deepEqual(heard, ["conversationResolved"]);
  }
});

test("what happened long ago is not told when the team writes again", async () => {
  const { server, chat, heard, stream } = begin();
  server.lines.push(line(3));
  stream(server.lines[2]);
  assert.equal(chat.thread.id, "c");
  await chat.sync();
  assert.equal(chat.thread.state, "resolved");
  stream(server.happens("reopened", "open"));
  assert.deepEqual(heard, ["conversationReopened"]);
});
