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

func (b *mailbox) put(f func()) {
	b.mu.Lock()
	b.mail = append(b.mail, f)
	b.mu.Unlock()
	select {
	case b.arrived <- struct{}{}:
	default: // it has a value already
	}
}

// open runs all mail in the order it came.
func (b *mailbox) open() {
	b.mu.Lock()
	mail := b.mail
	b.mail = nil
	b.mu.Unlock()
	for _, f := range mail {
		f()
	}
}
