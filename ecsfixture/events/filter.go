package events

import (
	"slices"
	"strings"
)

// Filter chooses events. Where several are given, an event must pass them all.
type Filter struct {
	what    string // reads on from "no event"
	match   func(Event) bool
	subject bool // about what events are about, not what they say
}

// String describes the events that pass: of task 1dc5c17a….
func (f Filter) String() string { return f.what }

// Type chooses the events of a detail type, such as [TaskStateChange].
func Type(detailType string) Filter {
	return Filter{
		what:  "of type " + detailType,
		match: func(e Event) bool { return e.DetailType == detailType },
	}
}

// Task chooses the changes of one task, by its ARN or ID.
func Task(arnOrID string) Filter { return about("task", arnOrID) }

// Service chooses the actions and deployments of one service, by its ARN or
// name.
func Service(arnOrName string) Filter { return about("service", arnOrName) }

// ContainerInstance chooses the changes of one container instance, by its ARN
// or ID.
func ContainerInstance(arnOrID string) Filter { return about("container-instance", arnOrID) }

// about chooses the events whose resource is of a kind and of a name, or has
// the ARN.
func about(kind, name string) Filter {
	is := func(arn string) bool { return arn == name }
	if !strings.HasPrefix(name, "arn:") {
		is = func(arn string) bool {
			return strings.Contains(arn, ":"+kind+"/") && lastOf(arn) == name
		}
	}
	return Filter{
		what:    "of " + kind + " " + lastOf(name),
		match:   func(e Event) bool { return slices.ContainsFunc(e.Resources, is) },
		subject: true,
	}
}

// Region chooses the events of a region.
func Region(name string) Filter {
	return Filter{
		what:    "in " + name,
		match:   func(e Event) bool { return e.Region == name },
		subject: true,
	}
}

// LastStatus chooses the changes of tasks that are in a status.
func LastStatus(status string) Filter {
	return Filter{
		what: "with lastStatus " + status,
		match: func(e Event) bool {
			t, ok := e.Task()
			return ok && text(t.LastStatus) == status
		},
	}
}

// Name chooses the actions and deployments with an eventName, such as
// SERVICE_STEADY_STATE.
func Name(eventName string) Filter {
	return Filter{
		what: "named " + eventName,
		match: func(e Event) bool {
			d, ok := e.Service()
			return ok && d.EventName == eventName
		},
	}
}

// Deployment chooses the events of one deployment, by its ID: ecs-svc/….
func Deployment(id string) Filter {
	return Filter{
		what: "of deployment " + id,
		match: func(e Event) bool {
			d, ok := e.Service()
			return ok && d.DeploymentID == id
		},
	}
}

// Where chooses the events for which match is true; what describes them in a
// failure text: "with a reason".
func Where(what string, match func(Event) bool) Filter {
	return Filter{what: what, match: match}
}

// filters are the filters of one question.
type filters []Filter

func (fs filters) match(e Event) bool {
	for _, f := range fs {
		if !f.match(e) {
			return false
		}
	}
	return true
}

func (fs filters) choose(entries []func() Event) []Event {
	var chosen []Event
	for _, event := range entries {
		if e := event(); fs.match(e) {
			chosen = append(chosen, e)
		}
	}
	return chosen
}

// subjects are the filters that say what events are about.
func (fs filters) subjects() filters {
	var list filters
	for _, f := range fs {
		if f.subject {
			list = append(list, f)
		}
	}
	return list
}

func (fs filters) String() string {
	words := []string{"event"}
	for _, f := range fs {
		words = append(words, f.what)
	}
	return strings.Join(words, " ")
}
