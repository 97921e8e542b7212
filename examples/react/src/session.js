/** Ask the site's own server who is signed in (GET), sign in (POST a name) or out (DELETE). */
export async function session(method, body) {
  const answer = await fetch("/session", { method, body });
  return answer.json();
}
