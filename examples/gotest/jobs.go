// Package gotest stands for an application that runs jobs on Amazon ECS. Its
// tests show how ecsfixture tests such code: with real clients, real
// containers and no AWS.
package gotest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// maxRuntime bounds a job.
const maxRuntime = 5 * time.Minute

// Jobs runs jobs as ECS tasks.
type Jobs struct {
	ECS            *ecs.Client
	TaskDefinition string
}

// Run runs a job for a name in the container app, waits until it has ended
// and returns its exit code.
func (j *Jobs) Run(ctx context.Context, name string, exit int) (int, error) {
	out, err := j.ECS.RunTask(ctx, &ecs.RunTaskInput{
		TaskDefinition: aws.String(j.TaskDefinition),
		Overrides: &types.TaskOverride{ContainerOverrides: []types.ContainerOverride{{
			Name: aws.String("app"),
			Environment: []types.KeyValuePair{
				{Name: aws.String("NAME"), Value: aws.String(name)},
				{Name: aws.String("EXIT"), Value: aws.String(fmt.Sprint(exit))},
			},
		}}},
	})
	if err != nil {
		return 0, err
	}
	if len(out.Failures) > 0 {
		return 0, fmt.Errorf("the job could not be placed: %s", aws.ToString(out.Failures[0].Reason))
	}
	return j.wait(ctx, *out.Tasks[0].TaskArn)
}

func (j *Jobs) wait(ctx context.Context, arn string) (int, error) {
	out, err := ecs.NewTasksStoppedWaiter(j.ECS).WaitForOutput(ctx, &ecs.DescribeTasksInput{Tasks: []string{arn}}, maxRuntime)
	if err != nil {
		return 0, err
	}
	task := out.Tasks[0]
	for _, c := range task.Containers {
		if *c.Name == "app" && c.ExitCode != nil {
			return int(*c.ExitCode), nil
		}
	}
	return 0, errors.New("the job did not run: " + aws.ToString(task.StoppedReason))
}
