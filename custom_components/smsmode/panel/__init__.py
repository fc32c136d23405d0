"""Panel "Messages": its place in the sidebar, and the WebSocket commands that it asks; nothing here sends by itself."""
