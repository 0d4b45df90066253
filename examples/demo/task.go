package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
)

// register registers the task definition and returns its name.
func register(ctx context.Context, fx *ecsfixture.Fixture, secret string) (string, error) {
	out, err := fx.ECS.RegisterTaskDefinition(ctx, &ecs.RegisterTaskDefinitionInput{
		Family:           aws.String("demo"),
		NetworkMode:      types.NetworkModeAwsvpc,
		ExecutionRoleArn: aws.String("arn:aws:iam::" + fx.Account + ":role/execution"),
		ContainerDefinitions: []types.ContainerDefinition{
			{
				Name: aws.String("app"), Image: aws.String(image), Command: []string{"app"}, Memory: aws.Int32(64),
				Secrets:   []types.Secret{{Name: aws.String("DB_PASSWORD"), ValueFrom: aws.String(secret)}},
				DependsOn: []types.ContainerDependency{{ContainerName: aws.String("metrics"), Condition: types.ContainerConditionStart}},
			},
			{
				Name: aws.String("metrics"), Image: aws.String(image), Command: []string{"metrics"}, Memory: aws.Int32(64),
				Essential: aws.Bool(false),
			},
		},
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s:%d", *out.TaskDefinition.Family, out.TaskDefinition.Revision), nil
}

// run runs a task, prints it live, and fails unless app exits with the code.
func run(ctx context.Context, fx *ecsfixture.Fixture, td string, code int32) error {
	began := time.Now()
	out, err := fx.ECS.RunTask(ctx, &ecs.RunTaskInput{
		TaskDefinition: aws.String(td),
		NetworkConfiguration: &types.NetworkConfiguration{
			AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-demo"}},
		},
	})
	if err != nil {
		return err
	}
	task, err := watch(ctx, fx, *out.Tasks[0].TaskArn, began)
	if err != nil {
		return err
	}
	tell(task)
	if c := task.Containers[0]; c.ExitCode == nil || *c.ExitCode != code {
		return fmt.Errorf("app should have exited with %d:\n%s", code, fx.Story(*task.TaskArn))
	}
	return nil
}

// watch prints statuses and lines as they come, until the task is STOPPED.
func watch(ctx context.Context, fx *ecsfixture.Fixture, arn string, began time.Time) (types.Task, error) {
	p := newPrinter(began)
	defer p.close()
	var lines sync.WaitGroup
	lines.Go(func() {
		for l := range fx.Logs.Follow(ctx, logs.Task(arn)) {
			p.add(l.Time, fmt.Sprintf("%-8s %s │ %s", l.Container, l.Stream, l.Text))
		}
	})
	shown := 0
	task, err := fx.AwaitTask(ctx, arn, func(task types.Task) bool {
		steps := fx.Timeline(arn)
		for _, s := range steps[shown:] {
			if s.Status != "" {
				p.add(s.At, heading(s.Status))
			}
		}
		shown = len(steps)
		return *task.LastStatus == "STOPPED"
	})
	lines.Wait()
	return task, err
}

// tell prints how a task ended.
func tell(task types.Task) {
	fmt.Printf("   stop code  %s\n", task.StopCode)
	fmt.Printf("   reason     %s\n", *task.StoppedReason)
	var codes []string
	for _, c := range task.Containers {
		if c.ExitCode != nil {
			codes = append(codes, fmt.Sprintf("%s %d", *c.Name, *c.ExitCode))
		}
	}
	fmt.Printf("   exit codes %s\n", strings.Join(codes, ", "))
}
