package server

import "context"

// Target is a port of a container of a service's task, as a target group sees
// it.
type Target struct {
	Group     string // ARN of the target group
	Service   string // ARN
	Task      string // ARN
	Container string
	Port      int    // the container's
	Address   string // host:port by which this machine reaches it
}

// targetKey tells the targets of a task apart.
type targetKey struct {
	group, container string
	port             int
}

func (t Target) key() targetKey { return targetKey{t.Group, t.Container, t.Port} }

// TargetHealth is what a target group knows of a target.
type TargetHealth struct {
	Healthy bool
	// Checked says that the health checks have come to a verdict: a target
	// that is neither Healthy nor Checked is initial, one that is Checked
	// and not Healthy is unhealthy, and its task is replaced.
	Checked bool
	Reason  string // of an unhealthy target, in words
}

// Targets is where services register their tasks: the target groups that
// their loadBalancers name. No call is made with a lock held, and health may
// be called from any goroutine.
type Targets interface {
	// Known reports whether there is such a target group. It is called under
	// the service's lock and must not call the service.
	Known(groupARN string) bool
	// Register puts a target in its group. Until it is deregistered, health
	// is told each change of its health.
	Register(ctx context.Context, t Target, health func(TargetHealth)) error
	// Deregister takes a target out: it gets no new requests. It returns
	// when the target is drained, or the deregistration delay is over, or
	// ctx ends.
	Deregister(ctx context.Context, t Target) error
}

// TrafficShifter is what Targets implement that can weigh target groups
// against each other, for the strategies BLUE_GREEN, LINEAR and CANARY.
type TrafficShifter interface {
	// Shift gives a listener rule new weights, in percent by the ARN of the
	// target group.
	Shift(ctx context.Context, listenerRuleARN string, weights map[string]float64) error
}
