// Command demo shows the main job of ecsfixture: a task of two containers with
// a secret, run twice. The first run fails on a wrong password, the second
// succeeds after the secret was corrected.
//
// It runs real containers where a Docker engine answers and simulated ones
// elsewhere; ECSFIXTURE_RUNTIME=docker or simulated chooses.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/examples/demo/jobs"
)

// closeTimeout bounds the clean-up.
const closeTimeout = 30 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := demo(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func demo(ctx context.Context) error {
	fx, kind, err := newFixture(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("ecsfixture %s\nendpoint   %s, region %s, account %s\n", kind, fx.URL, fx.Region, fx.Account)
	if err := story(ctx, fx); err != nil {
		return closeAfter(fx, err)
	}
	began := time.Now()
	if err := closeAfter(fx, nil); err != nil {
		return err
	}
	fmt.Printf("\nAll is stopped and removed (%s).\n", round(time.Since(began)))
	return nil
}

// story is the two runs.
func story(ctx context.Context, fx *ecsfixture.Fixture) error {
	secret := fx.Secrets.Put("demo/db-password", "wrong")
	td, err := register(ctx, fx, secret)
	if err != nil {
		return err
	}
	fmt.Printf("task       %s: containers app and metrics; secret demo/db-password as DB_PASSWORD\n", td)

	fmt.Print(heading("\n1  The password is wrong\n"))
	if err := run(ctx, fx, td, 3); err != nil {
		return err
	}

	fmt.Print(heading("\n2  The password is right, after a PutSecretValue\n"))
	_, err = fx.SecretsManager.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{
		SecretId: aws.String(secret), SecretString: aws.String(jobs.GoodPassword),
	})
	if err != nil {
		return err
	}
	return run(ctx, fx, td, 0)
}

// closeAfter closes the fixture, even when the demo was interrupted.
func closeAfter(fx *ecsfixture.Fixture, err error) error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	if closed := fx.Close(ctx); err == nil {
		return closed
	}
	return err
}
