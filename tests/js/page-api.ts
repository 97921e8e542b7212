/* What a page in TypeScript may write, and what the compiler has to refuse. Checked, never run. */

import { load, type Config, type Events } from "../../packages/whosthere/index.js";

const config: Config = {
  platformId: "p",
  userId: "ada",
  tags: ["billing"],
  getToken: async () => ({ userAuthToken: "t" }),
  subsequentIssuesInSameSessionConfig: { initialUserMessage: "Again" },
  widgetOptions: { position: "top-left", zIndex: 5 },
};
const chat = load({ src: "https://chat.example.com/embed.js", config, nonce: "n" });

chat("open");
chat("login", { userId: "bob", userEmail: "bob@example.com", userAuthToken: "t" });
chat("setIdentity", "bob", "a.b.c");
chat("setCustomIssueFields", { plan: { type: "dropdown", value: "gold" }, since: { type: "date", value: 5 } });
chat("identify", { name: "Ada", seats: 3, trial: false, since: new Date(0) });
chat("track", "added to basket", { sku: "x", price: 3 });
chat("track", "signed in");
chat("addEventListener", "csatSubmit", ({ rating, additionalFeedback }) => rating.toFixed() + additionalFeedback.trim());
chat("addEventListener", "widgetToggle", ({ visible }) => !visible);
const heard = (payload: Events["messageAdd"]) => payload.body;
chat("removeEventListener", "messageAdd", heard);
window.Whosthere?.("destroy");
window.helpshiftConfig = config;
window.Helpshift?.("updateHelpshiftConfig");

// @ts-expect-error a misspelt command
chat("opne");
// @ts-expect-error an argument too many
chat("open", 1);
// @ts-expect-error a missing argument
chat("setLanguage");
// @ts-expect-error a date is a number
chat("setCustomIssueFields", { since: { type: "date", value: "today" } });
// @ts-expect-error no such event
chat("addEventListener", "openned", () => {});
// @ts-expect-error what this event does not carry
chat("addEventListener", "ready", ({ rating }) => rating.toFixed());
// @ts-expect-error no such config key
const wrong: Config = { platformId: "p", userID: "ada" };
// @ts-expect-error without a platform
load({ src: "x", config: { userId: wrong.userId } });
// @ts-expect-error no such position
load({ src: "x", config: { platformId: "p", widgetOptions: { position: "middle" } } });
