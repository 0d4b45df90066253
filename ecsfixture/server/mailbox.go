package server

import "sync"

// mailbox holds what a task's runner is to do on its own goroutine. Putting
// never blocks: events come from goroutines that must go on.
type mailbox struct {
	arrived chan struct{} // has a value when there is mail

	mu   sync.Mutex // guards mail
	mail []func()
}

func newMailbox() *mailbox { return &mailbox{arrived: make(chan struct{}, 1)} }

// put adds f behind all other mail.
func (b *mailbox) put(f func()) {
	b.mu.Lock()
	b.mail = append(b.mail, f)
	b.mu.Unlock()
	b.announce()
}

// putFirst adds mail before all other: it is older.
func (b *mailbox) putFirst(mail ...func()) {
	b.mu.Lock()
	b.mail = append(mail, b.mail...)
	b.mu.Unlock()
	b.announce()
}

func (b *mailbox) announce() {
	select {
	case b.arrived <- struct{}{}:
	default: // it has a value already
	}
}

// open runs the oldest mail and reports whether there was any. Mail is opened
// one by one, so that what follows from one is done before the next: a
// container that starts and exits at once has its task RUNNING in between.
func (b *mailbox) open() bool {
	b.mu.Lock()
	if len(b.mail) == 0 {
		b.mu.Unlock()
		return false
	}
	f := b.mail[0]
	b.mail = b.mail[1:]
	b.mu.Unlock()
	f()
	return true
}
