package server

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// The bounds of a protection.
const (
	maxUpdateProtection  = 10 // tasks of a request
	maxGetProtection     = 100
	defaultProtection    = 120 // minutes
	maxProtectionMinutes = 2880
)

// protection keeps a task from being stopped by scale-in and deployments,
// until it expires.
type protection struct {
	on    bool
	until time.Time
}

// protected reports whether a task is protected now, and has the service
// looked at when that ends.
func (t *task) protected(sv *service) bool { return t.protection.on && sv.later(t.protection.until) }

func (t *task) describeProtection() types.ProtectedTask {
	out := types.ProtectedTask{TaskArn: aws.String(t.arn())}
	if t.protection.on && t.protection.until.After(time.Now()) {
		out.ProtectionEnabled = true
		out.ExpirationDate = aws.Time(t.protection.until)
	}
	return out
}

// UpdateTaskProtection protects tasks of services from scale-in and
// deployments, for two hours unless it says otherwise.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskProtection.html
func (s *Service) UpdateTaskProtection(_ context.Context, in *ecs.UpdateTaskProtectionInput) (*ecs.UpdateTaskProtectionOutput, error) {
	expires := orElse(in.ExpiresInMinutes, defaultProtection)
	switch {
	case len(in.Tasks) == 0 || len(in.Tasks) > maxUpdateProtection:
		return nil, invalidParameter(msgProtectionTasks, maxUpdateProtection)
	case expires < 1 || expires > maxProtectionMinutes:
		return nil, invalidParameter(msgProtectionMinutes, 1, maxProtectionMinutes)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := protection{in.ProtectionEnabled, time.Now().Add(minutes(&expires))}
	list, failures, err := s.eachProtected(in.Cluster, in.Tasks, func(t *task) {
		t.protection = p
		t.service.poke()
	})
	s.broadcast()
	return &ecs.UpdateTaskProtectionOutput{ProtectedTasks: list, Failures: failures}, err
}

// GetTaskProtection tells which tasks are protected. Without tasks it tells of
// all that services have in the cluster.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_GetTaskProtection.html
func (s *Service) GetTaskProtection(_ context.Context, in *ecs.GetTaskProtectionInput) (*ecs.GetTaskProtectionOutput, error) {
	if len(in.Tasks) > maxGetProtection {
		return nil, invalidParameter(msgProtectionTasks, maxGetProtection)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	names := in.Tasks
	if len(names) == 0 {
		names = s.serviceTaskIDs(in.Cluster)
	}
	list, failures, err := s.eachProtected(in.Cluster, names, func(*task) {})
	return &ecs.GetTaskProtectionOutput{ProtectedTasks: list, Failures: failures}, err
}

// serviceTaskIDs are the tasks of a cluster's services that have not stopped.
func (s *Service) serviceTaskIDs(clusterName *string) (ids []string) {
	c, ok := s.findCluster(clusterName)
	if !ok {
		return nil
	}
	for _, t := range s.order {
		if t.cluster == c && t.service != nil && !t.leaving() {
			ids = append(ids, t.id)
		}
	}
	return ids
}

// eachProtected calls f for each task that can be protected: those of services
// that are to run. The others are failures.
func (s *Service) eachProtected(clusterName *string, names []string, f func(*task)) ([]types.ProtectedTask, []types.Failure, error) {
	c, err := s.activeCluster(clusterName)
	if err != nil {
		return nil, nil, err
	}
	list, failures := []types.ProtectedTask{}, []types.Failure{}
	for _, name := range names {
		t, ok := s.findTask(c, name)
		switch {
		case !ok:
			failures = append(failures, missing(s.taskARN(c, name)))
		case t.service == nil || t.leaving():
			failures = append(failures, types.Failure{Arn: aws.String(t.arn()), Reason: aws.String("TASK_NOT_VALID")})
		default:
			f(t)
			list = append(list, t.describeProtection())
		}
	}
	return list, failures, nil
}
