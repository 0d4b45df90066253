package server

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// maxUpdateInstances is how many instances one UpdateContainerInstancesState
// takes.
const maxUpdateInstances = 10

// UpdateContainerInstancesState has container instances drained, or makes
// them ACTIVE again. Services replace the tasks that they have on an instance
// that is DRAINING; others run on.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateContainerInstancesState.html
func (s *Service) UpdateContainerInstancesState(_ context.Context, in *ecs.UpdateContainerInstancesStateInput) (*ecs.UpdateContainerInstancesStateOutput, error) {
	if err := checkCount(len(in.ContainerInstances), maxUpdateInstances, "Container Instances", msgInstancesTooMany); err != nil {
		return nil, err
	}
	if in.Status != types.ContainerInstanceStatusActive && in.Status != types.ContainerInstanceStatusDraining {
		return nil, invalidParameter(msgInstanceStatus)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &ecs.UpdateContainerInstancesStateOutput{ContainerInstances: []types.ContainerInstance{}}
	var err error
	out.Failures, err = s.eachInstance(in.Cluster, in.ContainerInstances, func(i *instance) string {
		if !i.registered() {
			return instanceInactive
		}
		s.setStatus(i, string(in.Status))
		out.ContainerInstances = append(out.ContainerInstances, i.output())
		return ""
	})
	return out, err
}

// setStatus gives an instance a status. The caller holds s.mu.
func (s *Service) setStatus(i *instance, status string) {
	if i.status() == status {
		return
	}
	i.api.Status = aws.String(status)
	s.instanceChanged(i)
	s.capacityChanged(i.cluster)
}

// DeregisterContainerInstance takes a container instance out of its cluster:
// it is INACTIVE then. With force its tasks stop, too.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterContainerInstance.html
func (s *Service) DeregisterContainerInstance(_ context.Context, in *ecs.DeregisterContainerInstanceInput) (*ecs.DeregisterContainerInstanceOutput, error) {
	if deref(in.ContainerInstance) == "" {
		return nil, invalidParameter(msgEmpty, "containerInstance")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.activeCluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	i, ok := s.findInstance(c, *in.ContainerInstance)
	switch {
	case !ok || !i.registered():
		return nil, instanceNotFound()
	case len(i.tasks) > 0 && !deref(in.Force):
		return nil, invalidParameter(msgInstanceBusy)
	}
	s.leave(i)
	for _, t := range i.tasks {
		s.requestStop(t, types.TaskStopCodeUserInitiated, reasonDeregistered)
	}
	out := i.output()
	return &ecs.DeregisterContainerInstanceOutput{ContainerInstance: &out}, nil
}

func (s *Service) leave(i *instance) {
	i.api.AgentConnected = false
	s.setStatus(i, instanceInactive)
}

// instanceByARN returns a registered instance by its ARN. The caller holds
// s.mu.
func (s *Service) instanceByARN(arn string) (*instance, error) {
	for _, c := range s.clusters {
		if i, ok := s.findInstance(c, arn); ok && i.registered() {
			return i, nil
		}
	}
	return nil, fmt.Errorf("container instance %s is not known", arn)
}

// SetAgentConnected cuts a container instance's agent off, or connects it
// again. Nothing new is placed on the instance meanwhile; its tasks run on.
func (s *Service) SetAgentConnected(instanceARN string, connected bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, err := s.instanceByARN(instanceARN)
	if err != nil || i.api.AgentConnected == connected {
		return err
	}
	i.api.AgentConnected = connected
	s.instanceChanged(i)
	s.capacityChanged(i.cluster)
	return nil
}

// TerminateInstance lets a container instance go as its host does that is
// terminated: its tasks end at once, and it is INACTIVE.
func (s *Service) TerminateInstance(instanceARN string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, err := s.instanceByARN(instanceARN)
	if err != nil {
		return err
	}
	s.leave(i)
	for _, t := range i.tasks {
		r := t.runner
		r.box.put(func() { r.abrupt = true })
		s.requestStop(t, types.TaskStopCodeTerminationNotice, fmt.Sprintf(reasonTerminated, deref(i.api.Ec2InstanceId)))
	}
	return nil
}
