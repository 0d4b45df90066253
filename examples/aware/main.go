// Command aware is an application that knows that it runs on ECS: it takes
// its credentials from the default chain, reads its task's metadata and a
// secret, and protects its task. With an argument it then goes on until it is
// told to end. Nothing in it knows the fixture.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if len(os.Args) > 1 {
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, syscall.SIGTERM)
		<-signals
	}
}

func run(ctx context.Context) error {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	who, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, nil)
	if err != nil {
		return err
	}
	fmt.Println("I am", *who.Arn)
	secret, err := secretsmanager.NewFromConfig(cfg).GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{
		SecretId: aws.String(os.Getenv("SECRET")),
	})
	if err != nil {
		return err
	}
	fmt.Println("the secret has", len(*secret.SecretString), "letters")
	if err := tellTask(ctx); err != nil {
		return err
	}
	return protect(ctx)
}

// tellTask reads the task metadata, version 4.
func tellTask(ctx context.Context) error {
	var task struct{ TaskARN, Family, LaunchType string }
	if err := call(ctx, http.MethodGet, os.Getenv("ECS_CONTAINER_METADATA_URI_V4")+"/task", nil, &task); err != nil {
		return err
	}
	fmt.Println("my task is", task.TaskARN, "of", task.Family, "on", task.LaunchType)
	return nil
}

// protect keeps the task from being scaled in. ECS refuses it for a task
// that no service runs.
func protect(ctx context.Context) error {
	var out map[string]any
	err := call(ctx, http.MethodPut, os.Getenv("ECS_AGENT_URI")+"/task-protection/v1/state",
		map[string]any{"ProtectionEnabled": true, "ExpiresInMinutes": 60}, &out)
	if err == nil {
		fmt.Println("protection:", out)
	}
	return err
}

func call(ctx context.Context, method, url string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("%s: %s: %w", url, resp.Status, err)
	}
	return nil
}
