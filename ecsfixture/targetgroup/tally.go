package targetgroup

// tally is what the health checks of a target have come to.
type tally struct {
	state  State
	reason string // of an unhealthy target
	row    int    // checks in a row that speak for another state
}

// after returns the tally after one more check, which failed for a reason or
// was good.
func (t tally) after(reason string, s settings) tally {
	good := reason == ""
	if good == (t.state == Healthy) && t.state != Initial {
		t.row, t.reason = 0, reason
		return t
	}
	if t.state == Initial && good {
		return tally{state: Healthy}
	}
	t.row++
	switch {
	case good && t.row >= s.healthy:
		return tally{state: Healthy}
	case !good && t.row >= s.unhealthy:
		return tally{state: Unhealthy, reason: reason}
	}
	return t
}
