"""Assist: sentences, intents and tools of language models, which reach only the recipients that are exposed to them."""
