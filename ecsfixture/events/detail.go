package events

import (
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// The eventType of a [ServiceDetail].
const (
	Info  = "INFO"
	Warn  = "WARN"
	Error = "ERROR"
)

// ServiceDetail is the detail of a [ServiceAction] and of a
// [DeploymentStateChange], which mirror [service action events] and [service
// deployment events].
//
// [service action events]: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html
// [service deployment events]: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
type ServiceDetail struct {
	EventType    string   `json:"eventType"` // Info, Warn or Error
	EventName    string   `json:"eventName"` // SERVICE_STEADY_STATE, …
	ClusterARN   string   `json:"clusterArn,omitempty"`
	DeploymentID string   `json:"deploymentId,omitempty"` // ecs-svc/…
	Reason       string   `json:"reason,omitempty"`
	DesiredCount *int32   `json:"desiredCount,omitempty"` // of SERVICE_DESIRED_COUNT_UPDATED
	TaskARNs     []string `json:"taskArns,omitempty"`     // of TASKS_STARTED and TASKS_STOPPED
	// Of SERVICE_TASK_PLACEMENT_FAILURE: what could not take a task.
	ContainerInstanceARNs []string `json:"containerInstanceArns,omitempty"`
	CapacityProviderARNs  []string `json:"capacityProviderArns,omitempty"`
	CreatedAt             string   `json:"createdAt,omitempty"` // of an action
	UpdatedAt             string   `json:"updatedAt,omitempty"` // of a deployment
}

// Task returns the task of a [TaskStateChange] as it was at that moment,
// without tags.
func (e Event) Task() (types.Task, bool) {
	t, ok := e.subject.(types.Task)
	return t, ok
}

// ContainerInstance returns the container instance of a
// [ContainerInstanceStateChange] as it was at that moment, without tags.
func (e Event) ContainerInstance() (types.ContainerInstance, bool) {
	i, ok := e.subject.(types.ContainerInstance)
	return i, ok
}

// Service returns the detail of a [ServiceAction] or [DeploymentStateChange].
func (e Event) Service() (d ServiceDetail, ok bool) {
	if e.DetailType != ServiceAction && e.DetailType != DeploymentStateChange {
		return d, false
	}
	return d, json.Unmarshal(e.Detail, &d) == nil
}
