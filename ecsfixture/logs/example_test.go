package logs_test

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// The server does what Writer and Done do here; a test asks and waits.
func ExampleSink() {
	const task = "arn:aws:ecs:eu-west-1:123456789012:task/default/1dc5c17ac1e94f6b8a0f0b9a2f6c0d11"
	sink := logs.NewSink()
	go func() {
		write := sink.Writer(task, "app")
		write(runtime.Line{Time: time.UnixMilli(1_700_000_000_000), Stream: runtime.Stderr, Text: "listening on :80"})
		write(runtime.Line{Time: time.UnixMilli(1_700_000_000_500), Stream: runtime.Stdout, Text: "GET /"})
		sink.Done(task)
	}()

	line, err := sink.Wait(context.Background(), logs.Container("app"), logs.Match(`listening on :\d+`))
	fmt.Println(line, err)
	for line := range sink.Follow(context.Background(), logs.Task(task), logs.Stream(runtime.Stdout)) {
		fmt.Println(line.Text)
	}
	// Output:
	// 22:13:20.000 1dc5c17a/app stderr| listening on :80 <nil>
	// GET /
}

// What a container with the awslogs driver writes is in CloudWatch Logs.
func ExampleCloudWatch_Driver() {
	fake := logs.NewCloudWatch("123456789012", "eu-west-1")
	driver, err := fake.Driver(map[string]string{
		"awslogs-group":         "/ecs/web",
		"awslogs-create-group":  "true",
		"awslogs-stream-prefix": "web",
	}, "app", "1dc5c17a", "c0ffee")
	if err != nil {
		panic(err)
	}
	driver.Write(runtime.Line{Time: time.Now(), Text: "ERROR no database"})

	out, err := fake.FilterLogEvents(context.Background(), &cloudwatchlogs.FilterLogEventsInput{
		LogGroupName:  aws.String("/ecs/web"),
		FilterPattern: aws.String("?ERROR ?WARN"),
	})
	if err != nil {
		panic(err)
	}
	for _, e := range out.Events {
		fmt.Println(*e.LogStreamName, *e.Message)
	}
	// Output: web/app/1dc5c17a ERROR no database
}
