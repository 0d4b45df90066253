package ecsfixture

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/aws/smithy-go"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

// Call is a request that the endpoint has read and not yet carried out.
type Call struct {
	Service   string // the signing name: ecs, secretsmanager, ssm, logs
	Operation string // RunTask
	Input     any    // *ecs.RunTaskInput
}

// Interceptor sees each call before it is carried out. An error of its is the
// answer, in the terms of AWS if it is a [smithy.APIError].
type Interceptor func(ctx context.Context, c Call) error

// Intercept puts f before the operations of the endpoint, for fault
// injection. Interceptors run in the order that they were added; the returned
// function takes f away again.
func (fx *Fixture) Intercept(f Interceptor) (remove func()) { return fx.intercept.add(f) }

// Fail makes the n-th call of an operation from now on fail with err; the
// first is 1.
func Fail(operation string, n int, err error) Interceptor {
	var mu sync.Mutex // guards seen
	seen := 0
	return func(_ context.Context, c Call) error {
		if c.Operation != operation {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		if seen++; seen == n {
			return err
		}
		return nil
	}
}

// Throttle makes the n-th call of an operation fail as AWS does when it is
// called too often. SDKs call again.
func Throttle(operation string, n int) Interceptor {
	return Fail(operation, n, &smithy.GenericAPIError{
		Code: "ThrottlingException", Message: "Rate exceeded", Fault: smithy.FaultClient,
	})
}

// Delay makes every call of an operation take d longer.
func Delay(operation string, d time.Duration) Interceptor {
	return func(ctx context.Context, c Call) error {
		if c.Operation != operation {
			return nil
		}
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// interceptors is a list of interceptors that can change while calls come in.
type interceptors struct {
	mu   sync.RWMutex // guards list
	list []*Interceptor
}

func (i *interceptors) add(f Interceptor) (remove func()) {
	p := &f
	i.mu.Lock()
	defer i.mu.Unlock()
	i.list = append(slices.Clone(i.list), p)
	return func() { i.remove(p) }
}

func (i *interceptors) remove(p *Interceptor) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.list = slices.DeleteFunc(slices.Clone(i.list), func(q *Interceptor) bool { return q == p })
}

func (i *interceptors) call(ctx context.Context, c awsjson.Call) error {
	i.mu.RLock()
	list := i.list
	i.mu.RUnlock()
	for _, f := range list {
		if err := (*f)(ctx, Call(c)); err != nil {
			return err
		}
	}
	return nil
}
