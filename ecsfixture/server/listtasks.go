package server

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// ListTasks lists the ARNs of tasks that are to run, or with desiredStatus
// STOPPED of those that are to stop or have stopped.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html
func (s *Service) ListTasks(ctx context.Context, in *ecs.ListTasksInput) (*ecs.ListTasksOutput, error) {
	if err := cmp.Or(checkListTasks(in), checkEnum("launchType", in.LaunchType)); err != nil {
		return nil, err
	}
	size, err := pageSize(in.MaxResults, 100, 100)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.activeCluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	sv, ok := s.findService(c, in.ServiceName)
	if in.ServiceName != nil && !ok {
		return nil, serviceNotFound()
	}
	var i *instance
	if in.ContainerInstance != nil {
		if i, ok = s.findInstance(c, *in.ContainerInstance); !ok {
			return nil, instanceNotFound()
		}
	}
	arns, next, err := page(s.listTasks(c, sv, i, in), s.taskOrder(), in.NextToken, size)
	if err != nil {
		return nil, err
	}
	return &ecs.ListTasksOutput{TaskArns: arns, NextToken: next}, nil
}

func checkListTasks(in *ecs.ListTasksInput) error {
	others := in.Family != nil || in.ServiceName != nil || in.ContainerInstance != nil || in.LaunchType != "" || in.DesiredStatus != ""
	switch {
	case in.DesiredStatus != "" && !slices.Contains(in.DesiredStatus.Values(), in.DesiredStatus):
		return invalidParameter(msgDesiredStatus)
	case in.StartedBy != nil && others:
		return invalidParameter(msgStartedByAlone)
	case in.Family != nil && in.ServiceName != nil:
		return invalidParameter(msgFamilyAndService)
	case in.DaemonName != nil:
		return unsupportedMember("daemonName")
	}
	return nil
}

func (s *Service) listTasks(c *cluster, sv *service, i *instance, in *ecs.ListTasksInput) (arns []string) {
	s.forget()
	for _, t := range s.order {
		if t.cluster == c && (sv == nil || t.service == sv) && (i == nil || t.instance == i) && listed(t, in) {
			arns = append(arns, t.arn())
		}
	}
	return arns
}

// taskOrder is that of their creation; a task that is forgotten was older. It
// is worked out when a token asks for it: there may be many tasks. The caller
// holds s.mu.
func (s *Service) taskOrder() ordering {
	byCreation := sync.OnceValue(func() ordering {
		arns := []string{}
		for _, t := range s.order {
			arns = append(arns, t.arn())
		}
		return byPlace(arns)
	})
	return func(a, b string) int { return byCreation()(a, b) }
}

// listed tells whether a task passes the filters of a ListTasks. No task has
// the desired status PENDING.
func listed(t *task, in *ecs.ListTasksInput) bool {
	desired := in.DesiredStatus
	if desired == "" {
		desired = types.DesiredStatusRunning
	}
	return *t.api.DesiredStatus == string(desired) &&
		matches(in.Family, t.definition.def.Family) &&
		matches(in.StartedBy, t.api.StartedBy) &&
		(in.LaunchType == "" || t.api.LaunchType == in.LaunchType)
}

// matches reports whether a filter that is set equals a value.
func matches(filter, value *string) bool { return filter == nil || deref(filter) == deref(value) }
