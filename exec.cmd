@rem What `exec` of npm's scripts is on Windows, where no shell keeps a signal from the hub.
@%*
