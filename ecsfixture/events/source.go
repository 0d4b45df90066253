package events

import (
	"encoding/json"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/uuid"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

// Source tells a log of the events of one account in one region. Its methods
// never block, and keep what they are given: it must not change any more.
type Source struct {
	log             *Log
	account, region string
}

// Source returns the source of an account and a region.
func (l *Log) Source(account, region string) *Source { return &Source{l, account, region} }

// TaskChanged adds a [TaskStateChange].
func (s *Source) TaskChanged(t types.Task) {
	at := time.Now()
	s.add(TaskStateChange, text(t.TaskArn), at, t, func() []byte { return taskDetail(t, at) })
}

// ContainerInstanceChanged adds a [ContainerInstanceStateChange].
func (s *Source) ContainerInstanceChanged(i types.ContainerInstance) {
	at := time.Now()
	s.add(ContainerInstanceStateChange, text(i.ContainerInstanceArn), at, i,
		func() []byte { return instanceDetail(i, at) })
}

// ServiceActed adds a [ServiceAction] of the service, at a moment.
func (s *Source) ServiceActed(serviceARN string, at time.Time, d ServiceDetail) {
	d.CreatedAt = at.UTC().Format(milliseconds)
	s.add(ServiceAction, serviceARN, at, d, func() []byte { return serviceDetail(d) })
}

// DeploymentChanged adds a [DeploymentStateChange] of the service, at a
// moment.
func (s *Source) DeploymentChanged(serviceARN string, at time.Time, d ServiceDetail) {
	d.UpdatedAt = at.UTC().Format(time.RFC3339)
	s.add(DeploymentStateChange, serviceARN, at, d, func() []byte { return serviceDetail(d) })
}

func (s *Source) add(detailType, resource string, at time.Time, subject any, detail func() []byte) {
	id := uuid.NewString()
	s.log.add(func() Event {
		return Event{
			Version: "0", ID: id, DetailType: detailType, Source: "aws.ecs",
			Account: s.account, Region: s.region,
			Time: at.UTC().Truncate(time.Second), Resources: []string{resource},
			Detail: detail(), subject: subject,
		}
	})
}

// milliseconds is how details have most times.
const milliseconds = "2006-01-02T15:04:05.000Z"

// taskDetail is a task as DescribeTasks has it, but for its times, for what
// the events lack and for the older name of the network interface.
func taskDetail(t types.Task, at time.Time) []byte {
	t.Tags, t.HealthStatus = nil, ""
	t.Containers = append([]types.Container(nil), t.Containers...)
	for i := range t.Containers {
		t.Containers[i].HealthStatus = ""
	}
	t.Attachments = append([]types.Attachment{}, t.Attachments...)
	for i, a := range t.Attachments {
		if text(a.Type) == "ElasticNetworkInterface" {
			t.Attachments[i].Type = new("eni")
		}
	}
	return updated(awsjson.MarshalEvent(&t), at)
}

func instanceDetail(i types.ContainerInstance, at time.Time) []byte {
	i.Tags = nil
	return updated(awsjson.MarshalEvent(&i), at)
}

// updated adds updatedAt, which events alone have, to an object with members.
func updated(object []byte, at time.Time) []byte {
	return append(object[:len(object)-1], `,"updatedAt":"`+at.UTC().Format(milliseconds)+`"}`...)
}

func serviceDetail(d ServiceDetail) []byte {
	b, _ := json.Marshal(d) // texts and a number always encode
	return b
}
