/** A connection to Home Assistant that a test answers for. */
export class Connection {
  connected = true;
  asked = [];
  answers = {};
  subscriptions = [];
  refused = [];
  _listeners = {};

  addEventListener(name, listener) {
    (this._listeners[name] ??= new Set()).add(listener);
  }

  removeEventListener(name, listener) {
    this._listeners[name]?.delete(listener);
  }

  fire(name) {
    for (const listener of [...(this._listeners[name] ?? [])]) listener();
  }

  /** Loses the connection, with all that was asked over it. */
  lose() {
    this.connected = false;
    this.fire("disconnected");
  }

  restore() {
    this.connected = true;
    this.fire("ready");
  }

  async sendMessagePromise(message) {
    this.asked.push(message);
    const answer = this.answers[message.type];
    return typeof answer === "function" ? answer(message) : answer;
  }

  async subscribeMessage(callback, message) {
    if (this.refused.length) throw this.refused.shift();
    const subscription = { callback, message, ended: false };
    this.subscriptions.push(subscription);
    return () => {
      subscription.ended = true;
    };
  }

  /** Sends an event to whoever subscribed last. */
  tell(event) {
    this.subscriptions.at(-1).callback(event);
  }

  of(type) {
    return this.asked.filter((message) => message.type === type);
  }
}

export const LOST = { type: "result", success: false, error: { code: 3, message: "Connection lost" } };

/** Lets everything that waits for an answer go on. */
export const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};
