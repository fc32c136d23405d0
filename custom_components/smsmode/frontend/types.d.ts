/** Types of what the backend sends, and of the small part of Home Assistant's frontend that is used. Not loaded by a browser. */
export type Status =
  | "waiting" | "scheduled" | "accepted" | "operator" | "delivered" | "failed" | "expired" | "cancelled" | "received" | "unknown";
export interface Origin { kind: "automation" | "script" | "user" | "alert" | "other"; name: string | null }
export interface Message {
  id: string; direction: "out" | "in"; text: string | null; at: string; status: Status; detail?: string | null;
  reason?: string | null; recipients: string[]; segments?: number | null; cost?: number | null; origin?: Origin | null;
  queue_id?: string | null; message_id?: string | null; send_at?: string | null; verified?: boolean; can_cancel?: boolean; can_undo?: boolean; unshown?: boolean;
  can_retry?: boolean; thread?: string | null;
}
export interface Thread {
  thread: string; kind: "recipient" | "group" | "gateway_group" | "number"; name: string | null; picture?: string | null;
  entity_id?: string | null; last: Message | null; last_reply_at: string | null; last_at: string | null; news_at?: string | null; failed: boolean;
  can_reply: boolean; can_write: boolean; paused: boolean; quiet_until?: string | null; blocked: boolean;
}
export interface Step { recipients: string[]; how: string; at?: string | null }
export interface Alert {
  key: string; alert_id: string; state: string; message: string; step: number; steps: Step[]; due: string | null;
  acknowledged_by: string | null; started_at: string; reason?: string | null;
}
export interface Balance { credits: number | null; as_of: string | null; days_left: number | null; reachable: boolean | null }
export interface Access { read: boolean; write: boolean; acknowledge: boolean }
export interface Account { entry_id: string; title: string }
export interface Snapshot {
  account: Account; accounts: Account[]; access: Access; currency: string; credit_price: number | null; country: string;
  quick_replies: string[]; threads: Thread[]; alerts: Alert[]; queue: Message[]; scheduled: Message[]; balance: Balance; now: string;
}
export interface Event extends Partial<Snapshot> { kind: "snapshot" | "change" | "reload"; gone?: string[] }
export interface Page { messages: Message[]; has_more: boolean; cursor: string | null; missing: "older" | "deleted" | "unreachable" | null }
export interface Conversation extends Page { loading: boolean; error: string | null }
/** A message that is on its way to the backend; it keeps its request_id through lost connections. */
export interface Sending { request_id: string; thread: string; message: string; at: string; error: string | null; order: Order }
export interface Order { thread: string; message: string; reply?: boolean; urgent?: boolean; send_at?: string; request_id: string }
export interface Preview {
  encoding: string; characters: number; costly: string[]; segments: number; cost: number; price?: number; currency?: string;
  truncated: boolean; scheduled?: { send_at: string | null }[]; offers?: Offer[];
}
export interface Offer { from: string; to: string; saves_segments: number }
export interface CostRow { date: string; recipient: string | null; origin: Origin | string | null; credits: number; segments: number; messages: number }
export interface Costs { currency: string; credit_price: number | null; days: CostRow[] }
export interface State extends Omit<Snapshot, "account"> {
  account: Account | null; phase: "connecting" | "ready" | "unauthorized" | "lost"; sending: Sending[]; seen: Record<string, string>;
  conversations: Record<string, Conversation>; offset: number;
}

export interface Locale { language: string; number_format?: string; time_format?: string; time_zone?: string }
export interface Connection {
  connected?: boolean;
  sendMessagePromise<T>(message: object): Promise<T>;
  subscribeMessage<T>(callback: (event: T) => void, message: object, options?: object): Promise<() => Promise<void> | void>;
  addEventListener(name: string, callback: (...args: any[]) => void): void;
  removeEventListener(name: string, callback: (...args: any[]) => void): void;
}
export interface EntityEntry { entity_id: string; platform?: string; translation_key?: string; device_id?: string }
export interface Hass {
  language: string; locale: Locale; connection: Connection; config: { time_zone: string; [key: string]: unknown };
  user?: { id: string; is_admin: boolean; name: string };
  entities: Record<string, EntityEntry>; devices: Record<string, { config_entries: string[] }>; states: Record<string, { state: string; attributes: Record<string, any> }>;
  [key: string]: unknown;
}
