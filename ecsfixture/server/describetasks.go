package server

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// maxDescribe is how many tasks one DescribeTasks takes.
const maxDescribe = 100

// DescribeTasks describes tasks in the order that they are asked for. A
// waiter's request is held until it has something to see; see hold.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html
func (s *Service) DescribeTasks(ctx context.Context, in *ecs.DescribeTasksInput) (*ecs.DescribeTasksOutput, error) {
	if err := checkCount(len(in.Tasks), maxDescribe, "Tasks", msgTasksTooMany); err != nil {
		return nil, err
	}
	if err := checkEnum("include", in.Include...); err != nil {
		return nil, err
	}
	var out *ecs.DescribeTasksOutput
	err := s.hold(ctx, taskHold, func() (glance, error) {
		var err error
		if out, err = s.describeTasks(in); err != nil {
			return glance{}, err
		}
		return glance{taskSight(out), waitKey(out), s.changeOf(out.Tasks)}, nil
	})
	return out, err
}

// changeOf is what tells of changes of tasks: of one, only its own, so that
// a thousand waiters for a thousand tasks don't wake each other. The caller
// holds s.mu.
func (s *Service) changeOf(list []types.Task) *signal {
	if len(list) == 1 {
		return &s.tasks[lastPart(*list[0].TaskArn)].changed
	}
	return &s.changed
}

// describeTasks is DescribeTasks as things stand. The caller holds s.mu.
func (s *Service) describeTasks(in *ecs.DescribeTasksInput) (*ecs.DescribeTasksOutput, error) {
	c, err := s.activeCluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	out := &ecs.DescribeTasksOutput{Failures: []types.Failure{}, Tasks: []types.Task{}}
	withTags := slices.Contains(in.Include, types.TaskFieldTags)
	for _, name := range in.Tasks {
		if t, ok := s.findTask(c, name); ok {
			out.Tasks = append(out.Tasks, t.output(withTags))
			continue
		}
		out.Failures = append(out.Failures, missing(s.taskARN(c, name)))
	}
	return out, nil
}

// missing is the failure of an unknown resource.
func missing(arn string) types.Failure {
	return types.Failure{Arn: aws.String(arn), Reason: aws.String("MISSING")}
}
