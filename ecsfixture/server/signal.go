package server

// signal wakes all that wait for a change, of one thing or of any. Its lock
// is that of what changes.
type signal struct {
	raised chan struct{} // nil while nobody waits
}

// next returns what is closed at the next change.
func (s *signal) next() <-chan struct{} {
	if s.raised == nil {
		s.raised = make(chan struct{})
	}
	return s.raised
}

func (s *signal) raise() {
	if s.raised != nil {
		close(s.raised)
		s.raised = nil
	}
}
