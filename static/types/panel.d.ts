/** What the panel's modules tell each other, for `tsc` only: no browser loads this. */
declare namespace Panel {
  type Api = import("../panel/api.js").Api;
  type Chat = import("../panel/chat.js").Chat;
  type Outbox = import("../panel/outbox.js").Outbox;
  type Slot = import("../panel/slot.js").Slot;
  type Thread = import("../panel/thread.js").Thread;
  type View = import("../panel/view.js").View;
  type Words = import("../panel/words/en.js").Words;
  type LaterWords = import("../panel/later/words/en.js").LaterWords;

  /** A text in the plural forms of its language. */
  type Plural = Partial<Record<Intl.LDMLPluralRule, string>>;

  /** What the page hands over after a boot. */
  interface Boot {
    session: { token: string };
    user: {
      ref: string;
      state: string;
      assurance: string;
      missing?: string[];
      userId?: string;
      userEmail?: string;
      userName?: string;
    };
    widget: any;
    conversation: any;
    unreadCount: number;
    historyOffer?: { conversations: number; startedAt: string } | null;
    attachments?: { maxBytes: number; maxPerMessage: number; mediaTypes: string[] };
  }

  interface Attachment {
    id: string;
    name: string;
    mediaType: string;
    size: number;
    width: number | null;
    height: number | null;
  }

  interface Message {
    id: string;
    seq: number;
    author: { kind: string; name: string | null };
    body: string;
    createdAt: string;
    attachments?: Attachment[];
    event?: string;
    clientMessageId?: string;
  }

  /** A message that the server has not confirmed; `at` is epoch milliseconds. */
  interface Pending {
    clientMessageId: string;
    text: string;
    attachments?: Attachment[];
    state: "sending" | "failed";
    at: number;
  }

  interface Row {
    /** Stays the same from the first try to send until the conversation ends. */
    key: string;
    kind: "user" | "agent" | "system" | "day";
    body: string;
    /** The name that a screen reader says, or an empty text. */
    author: string;
    /** Whether the name is shown. */
    named: boolean;
    /** Epoch milliseconds. */
    at: number;
    /** Of a message that the server has. */
    seq?: number;
    meta: string;
    attachments?: Attachment[];
    /** The clientMessageId of a message that failed. */
    retry?: string;
  }

  /** How this language writes moments; arguments are epoch milliseconds. */
  interface Times {
    time(at: number): string;
    day(at: number): string;
  }

  /** How rows are drawn, and what their buttons do. */
  interface Drawing {
    exact(at: number): string;
    words: Words;
    retry(clientMessageId: string): void;
    discard(clientMessageId: string): void;
    /** Makes addresses of a text clickable. */
    link(place: Element, text: string): void;
    /** Shows them there. */
    files(place: HTMLElement, attachments: Attachment[]): void;
  }

  /** What a live connection tells. */
  interface Heard {
    message(data: any): void;
    /** A known message has lost something. */
    changed(data: any): void;
    typing(data: any): void;
    /** How far the team has read. */
    seen(data: any): void;
    sync(): Promise<void>;
    renew(): void;
    state(state: "live" | "down"): void;
    /** At every sign of life. */
    alive?(): void;
  }

  /** The files that go with the next message. */
  interface Tray {
    /** Whether some are on their way to the server. */
    busy: boolean;
    ready: Attachment[];
    clear(): void;
    add(file: File): void;
  }

  /** What decides which card is shown. */
  interface Situation {
    /** Of the conversation. */
    state: string | undefined;
    /** Whether the visitor wrote here since the page was loaded. */
    wrote: boolean;
    /** What nobody told about them. */
    missing: readonly string[];
    /** Whether they were asked for it before. */
    asked: boolean;
    /** Of the history that was begun without logging in. */
    offer: any;
  }
}
