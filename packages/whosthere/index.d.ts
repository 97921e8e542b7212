/* The page API of Whosthere: config keys, commands and events. docs/embedding.md explains each of them. */

/** Who the visitor is, as the page says and as your server's token proves. */
export interface Identity {
  /** Exactly as signed; one of `userId` and `userEmail`, or both. */
  userId?: string | null;
  userEmail?: string | null;
  /** Shown to agents and to the visitor; proves nothing. */
  userName?: string | null;
  /** HMAC of the identifiers, made by your server. */
  userAuthToken?: string | null;
  /** A JWT instead of it; then the identifiers may be inside. */
  identityToken?: string | null;
  /** Email and name are neither read nor stored. */
  fullPrivacy?: boolean;
  /** What was said anonymously in this browser ends with a successful login. */
  clearAnonymousUserOnLogin?: boolean;
}

/** A token: a JWT as text, identity keys, or `null` for nobody. */
export type Token = string | Identity | null;

export interface WidgetOptions {
  /** `false`: no launcher; open the panel by command. */
  showLauncher?: boolean;
  /** The panel covers the window; on phones it always does. */
  fullScreen?: boolean;
  position?: "bottom-right" | "bottom-left" | "top-right" | "top-left";
  zIndex?: number;
}

/** `window.whosthereConfig`. */
export interface Config extends Identity {
  platformId: string;
  /** Asked for a token at the start if the config has none, and again before a session ends. */
  getToken?: () => Token | Promise<Token>;
  /** `en`, `de`, …, or `browserDefault`. */
  language?: string;
  /** Put on a new conversation: 50 of 100 characters. */
  tags?: readonly string[];
  /** Sent for the visitor when they open the chat and have no conversation. */
  initialUserMessage?: string;
  /** Put into the empty field: 1,000 characters. */
  conversationPrefillText?: string;
  /** Open the panel as soon as the page is ready. */
  initiateChatOnLoad?: boolean;
  /** For further conversations that are begun on the same page. */
  subsequentIssuesInSameSessionConfig?: { initialUserMessage?: string };
  widgetOptions?: WidgetOptions;
  /** @deprecated accepted and ignored, for pages that come from Helpshift */
  domain?: string;
}

/** A custom field of the next conversation. */
export type CustomField =
  | { type: "singleline" | "multiline" | "number" | "dropdown"; value: string }
  | { type: "date"; value: number }
  | { type: "checkbox"; value: boolean };

export type CustomFields = Record<string, CustomField>;

/** What is known of a person; `name` and `email` are shown as such. */
export type Traits = Record<string, string | number | boolean | Date>;

/** Command names and their arguments. */
export interface Commands {
  open: [];
  close: [];
  toggle: [];
  hide: [];
  /** Restores the state before `hide`. */
  show: [];
  /** Boot now, unless that has happened. */
  init: [];
  /** Read the config again. */
  update: [];
  updateHelpshiftConfig: [];
  login: [person: Identity];
  setIdentity: [userId: string, identityToken: string];
  logout: [];
  /** Log out, and begin as a new anonymous visitor. */
  reset: [];
  setLanguage: [code: string];
  setInitialUserMessage: [text: string];
  /** Add to the custom fields of the next conversation. */
  setCustomIssueFields: [fields: CustomFields];
  /** Replace all of them. */
  replaceCustomIssueFields: [fields: CustomFields];
  /** Tell agents about the person: shown beside the next conversation, proves nothing. */
  identify: [traits: Traits];
  /** Tell agents what the person did: the last 20 are shown beside the next conversation. */
  track: [event: string, properties?: Record<string, unknown>];
  addEventListener: { [E in keyof Events]: [event: E, listener: Listener<E>] }[keyof Events];
  removeEventListener: { [E in keyof Events]: [event: E, listener: Listener<E>] }[keyof Events];
  /** Remove everything: launcher, panel, timers, listeners. */
  destroy: [];
}

export type Nothing = Record<string, never>;

/** A file that an agent sent. */
export interface Attachment {
  id: string;
  name: string;
  [detail: string]: unknown;
}

/** Event names and their payloads. */
export interface Events {
  ready: Nothing;
  userAuthFailure: { message: "missing user auth token" | "invalid user auth token" };
  userChanged: { originalState: "logged-in" | "anonymous"; pageUrl: string };
  sessionExpired: Nothing;
  widgetToggle: { visible: boolean };
  newUnreadMessages: { unreadCount: number };
  conversationStart: { message: string };
  messageAdd: { type: "text" | "attachment"; body: string };
  agentMessageReceived: { body: string; publishId: string; createdTs: number; attachments?: Attachment[] };
  conversationResolved: Nothing;
  conversationReopened: Nothing;
  conversationRejected: Nothing;
  conversationEnd: Nothing;
  chatEnd: Nothing;
  csatSubmit: { rating: number; additionalFeedback: string };
  warning: { code: string; message: string };
  onWebChatRuntimeError: { error: string; reason?: string; details?: unknown };
}

export type Listener<E extends keyof Events> = (payload: Events[E]) => void;

/** `window.Whosthere`: give the chat a command. Before the script is there, commands wait in a queue. */
export interface Whosthere {
  <E extends keyof Events>(command: "addEventListener" | "removeEventListener", event: E, listener: Listener<E>): void;
  <C extends Exclude<keyof Commands, "addEventListener" | "removeEventListener">>(command: C, ...args: Commands[C]): void;
  q?: { push(args: ArrayLike<unknown>): unknown };
}

export interface LoadOptions {
  /** The address of `embed.js` on your chat server. */
  src: string;
  config: Config;
  /** For a page whose Content Security Policy wants one. */
  nonce?: string;
}

/**
 * Load the chat once and return the function that gives it commands. Called again with another config, it updates that;
 * functions are not compared. On a server, where there is no page, it does nothing and returns a function that does nothing.
 */
export function load(options: LoadOptions): Whosthere;

declare global {
  interface Window {
    whosthereConfig?: Config;
    Whosthere?: Whosthere;
    /** @deprecated for pages that come from Helpshift */
    helpshiftConfig?: Config;
    /** @deprecated for pages that come from Helpshift */
    Helpshift?: Whosthere;
  }
}
