"""The sMsmode HTTP gateway as a program: strict, stateful, and able to misbehave on command."""
