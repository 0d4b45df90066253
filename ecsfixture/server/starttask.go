package server

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/placement"
)

// maxStartTask is how many instances one StartTask takes.
const maxStartTask = 10

// StartTask starts a task on each of the container instances that it names.
// Constraints and strategies have no say; what the task needs must be there.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StartTask.html
func (s *Service) StartTask(_ context.Context, in *ecs.StartTaskInput) (*ecs.StartTaskOutput, error) {
	if err := checkCount(len(in.ContainerInstances), maxStartTask, "Container Instances", msgInstancesTooMany); err != nil {
		return nil, err
	}
	run := asRunTask(in)
	if err := checkRunTask(run); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := s.newOrder(run)
	if err != nil {
		return nil, err
	}
	out := &ecs.StartTaskOutput{Tasks: []types.Task{}}
	out.Failures, err = s.eachInstance(in.Cluster, in.ContainerInstances, func(i *instance) string {
		if reason := o.refusedBy(i); reason != "" {
			return reason
		}
		t := s.newTask(o, lodging{instance: i, demand: o.demand()})
		out.Tasks = append(out.Tasks, t.output(true))
		s.launch(t)
		return ""
	})
	return out, err
}

// asRunTask is the RunTask that makes the same tasks on EC2.
func asRunTask(in *ecs.StartTaskInput) *ecs.RunTaskInput {
	return &ecs.RunTaskInput{
		Cluster: in.Cluster, TaskDefinition: in.TaskDefinition, LaunchType: types.LaunchTypeEc2,
		EnableECSManagedTags: in.EnableECSManagedTags, EnableExecuteCommand: in.EnableExecuteCommand,
		Group: in.Group, NetworkConfiguration: in.NetworkConfiguration, Overrides: in.Overrides,
		PropagateTags: in.PropagateTags, ReferenceId: in.ReferenceId, StartedBy: in.StartedBy,
		Tags: in.Tags, VolumeConfigurations: in.VolumeConfigurations,
	}
}

// refusedBy says why an instance can't take a task of the order, "" if it can.
func (o order) refusedBy(i *instance) string {
	if i.status() != instanceActive {
		return instanceInactive
	}
	return string(placement.Check(i.view(), o.demand(), placement.Rules{}))
}
