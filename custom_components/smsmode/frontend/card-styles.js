/** What cards look like beside what they share with the panel. */

export const CARD_STYLES = `
:host { height: 100%; }
ha-card, .ha-card { height: 100%; display: flex; flex-direction: column; overflow: hidden; }
.ha-card { background: var(--paper); border: 1px solid var(--line); border-radius: var(--ha-card-border-radius, 12px); }
.card-conversation { min-height: 320px; max-height: max(100%, 320px); }
.card-conversation .chat { flex: 1; border: 0; border-radius: 0; background: none; } .card-conversation .talk { min-height: 120px; } .card-compose .composer { border-top: 0; }
.card-conversation .composer:not(:focus-within):has(textarea:placeholder-shown) :is(.bar, .count) { display: none; }
.whom { display: flex; align-items: center; gap: 12px; padding: 12px 16px 0; } .whom select { flex: 1; max-width: none; }
.trouble { padding: 14px 16px; color: var(--soft); font-size: 14px; }
.alerts { padding: 0; max-height: none; gap: 0; } .card-alert .alert { border-radius: 0; border-width: 0; }
.balance { display: flex; align-items: center; gap: 14px; padding: 10px 16px; color: inherit; text-decoration: none; flex: 1; min-height: 56px; } .balance b { display: block; font-weight: 500; } .balance small { color: var(--soft); font-size: 13px; }
.balance .icon { width: 26px; height: 26px; color: var(--accent); } .balance.none, .balance.none .icon { color: var(--bad); }
`;
