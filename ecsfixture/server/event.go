package server

import "time"

// The detail types of a ServiceEvent, as EventBridge has them.
const (
	ServiceAction         = "ECS Service Action"
	DeploymentStateChange = "ECS Deployment State Change"
)

// The eventType of a ServiceEvent.
const (
	EventInfo  = "INFO"
	EventWarn  = "WARN"
	EventError = "ERROR"
)

// ServiceEvent is something that a service did, in the terms of the events
// that ECS sends to EventBridge.
type ServiceEvent struct {
	Kind         string // ServiceAction or DeploymentStateChange
	Type         string // eventType: INFO, WARN or ERROR
	Name         string // eventName, for instance SERVICE_STEADY_STATE
	ServiceARN   string
	ClusterARN   string
	At           time.Time // createdAt, or updatedAt of a deployment
	DeploymentID string    // of DeploymentStateChange: ecs-svc/…
	Reason       string
	TaskARNs     []string // of TASKS_STARTED and TASKS_STOPPED
	DesiredCount int32

	// Of SERVICE_TASK_PLACEMENT_FAILURE: those that could not take a task.
	ContainerInstanceARNs, CapacityProviderARNs []string
}
