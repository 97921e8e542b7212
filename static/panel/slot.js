/* A place in this tab's storage for something that one visitor wrote. It never survives a change of visitor. */

export class Slot {
  /**
   * @param {string} key
   * @param {() => Storage} [storage] may throw where storage is blocked; then the slot lives as long as the panel
   */
  constructor(key, storage = () => sessionStorage) {
    this.key = key;
    this.storage = storage;
    this.owner = "";
    this.text = "";
  }

  /**
   * Say who is there now and return what they left; what somebody else left is deleted.
   * @param {string} owner
   * @returns {string} empty without anything
   */
  take(owner) {
    this.owner = owner;
    this.text = "";
    try {
      const kept = JSON.parse(this.storage().getItem(this.key) || "{}");
      if (kept.owner === owner) return (this.text = String(kept.text || ""));
      this.storage().removeItem(this.key);
    } catch {
      this.keep("");
    }
    return "";
  }

  /** @param {string} text empty to delete it */
  keep(text) {
    this.text = text;
    try {
      if (text) this.storage().setItem(this.key, JSON.stringify({ owner: this.owner, text }));
      else this.storage().removeItem(this.key);
    } catch {
      // storage is blocked or full
    }
  }
}
