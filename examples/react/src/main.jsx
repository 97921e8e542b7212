import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { load } from "whosthere";

import { session } from "./session.js";

/** The chat of this site, when it is known where it is; it follows the person who is signed in. */
function useChat() {
  const [chat, setChat] = useState(null);
  const [person, setPerson] = useState(null);
  const [unread, setUnread] = useState(0);

  useEffect(() => {
    let gone = false;
    session("GET").then(({ chat: { src, platformId }, person: found }) => {
      if (gone) return;
      setPerson(found);
      setChat(() => load({ src, config: { platformId, ...found } }));
    });
    return () => {
      gone = true;
    };
  }, []);

  useEffect(() => {
    const heard = ({ unreadCount }) => setUnread(unreadCount);
    chat?.("addEventListener", "newUnreadMessages", heard);
    return () => chat?.("removeEventListener", "newUnreadMessages", heard);
  }, [chat]);

  return {
    ready: chat !== null,
    person,
    unread,
    open: () => chat("open"),
    async signIn(name) {
      const { person: found } = await session("POST", name);
      setPerson(found);
      chat("login", found);
    },
    async signOut() {
      await session("DELETE");
      setPerson(null);
      chat("logout");
    },
  };
}

function Shop() {
  const { ready, person, unread, open, signIn, signOut } = useChat();
  if (!ready) return null; // who is there is not known yet
  return (
    <>
      <h1>Harbour Books</h1>
      <p id="who">{person ? `Signed in as ${person.userName}` : "Not signed in"}</p>
      <p>
        <button onClick={() => signIn("ada")}>Sign in as Ada</button>
        <button onClick={() => signIn("bob")}>Sign in as Bob</button>
        <button onClick={signOut}>Sign out</button>
        <button onClick={open}>Ask us {unread ? `(${unread})` : ""}</button>
      </p>
    </>
  );
}

createRoot(document.getElementById("app")).render(
  <StrictMode>
    <Shop />
  </StrictMode>,
);
