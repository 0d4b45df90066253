package events

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// The detail types of events.
const (
	TaskStateChange              = "ECS Task State Change"
	ServiceAction                = "ECS Service Action"
	DeploymentStateChange        = "ECS Deployment State Change"
	ContainerInstanceStateChange = "ECS Container Instance State Change"
)

// Event is an event as EventBridge hands it to a target; as JSON it is one
// [byte for byte].
//
// [byte for byte]: https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
type Event struct {
	Version    string          `json:"version"` // "0"
	ID         string          `json:"id"`
	DetailType string          `json:"detail-type"`
	Source     string          `json:"source"` // "aws.ecs"
	Account    string          `json:"account"`
	Time       time.Time       `json:"time"` // to the second; the detail has the milliseconds
	Region     string          `json:"region"`
	Resources  []string        `json:"resources"` // ARN of what the event is about
	Detail     json.RawMessage `json:"detail"`

	subject any // what Detail was written from
}

// String is the event as a failing test shows it:
//
//	12:04:05 ECS Task State Change 1dc5c17a… is PENDING, desired RUNNING (version 2)
//	12:04:09 ECS Service Action web SERVICE_STEADY_STATE
func (e Event) String() string {
	return fmt.Sprintf("%s %s %s %s", e.Time.UTC().Format("15:04:05"), e.DetailType, e.name(), e.what())
}

// name is the short name of what the event is about.
func (e Event) name() string {
	if len(e.Resources) == 0 {
		return "-"
	}
	return lastOf(e.Resources[0])
}

func (e Event) what() string {
	if t, ok := e.Task(); ok {
		return fmt.Sprintf("is %s, desired %s (version %d)", text(t.LastStatus), text(t.DesiredStatus), t.Version)
	}
	if i, ok := e.ContainerInstance(); ok {
		return fmt.Sprintf("is %s (version %d)", text(i.Status), i.Version)
	}
	s, _ := e.Service()
	return strings.TrimSpace(s.EventName + " " + s.Reason)
}

// lastOf is what an ARN ends with; a name is its own.
func lastOf(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
