package server

import (
	"context"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// maxReason is the longest reason, of a StopTask and of what failed.
const maxReason = 1024

// StopTask asks a task to stop and answers at once. Each container gets its
// stop signal, and after its stopTimeout it is killed. The task loses its tags.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html
func (s *Service) StopTask(ctx context.Context, in *ecs.StopTaskInput) (*ecs.StopTaskOutput, error) {
	switch {
	case deref(in.Task) == "":
		return nil, invalidParameter(msgEmpty, "Task")
	case utf8.RuneCountInString(deref(in.Reason)) > maxReason:
		return nil, invalidParameter(msgReason)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.activeCluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	t, ok := s.findTask(c, *in.Task)
	if !ok {
		return nil, invalidParameter(msgTaskNotFound)
	}
	if !t.stopped() {
		t.tags = nil
	}
	s.requestStop(t, types.TaskStopCodeUserInitiated, orElse(in.Reason, reasonUser))
	out := t.output(false)
	return &ecs.StopTaskOutput{Task: &out}, nil
}
