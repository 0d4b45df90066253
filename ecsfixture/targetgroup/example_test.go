package targetgroup_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/targetgroup"
)

// A fixture registers the tasks of its services; here a test server stands
// for one.
func Example() {
	set := targetgroup.NewSet("000000000000", "us-east-1")
	defer set.Close(context.Background())
	web := set.Group("web", targetgroup.Path("/health"))

	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "hello ", r.URL.Path) }))
	defer backend.Close()
	healthy := make(chan server.TargetHealth, 1)
	_ = set.Register(context.Background(), server.Target{Group: web.ARN, Task: "1", Address: backend.Listener.Addr().String()},
		func(h server.TargetHealth) { healthy <- h })
	fmt.Println((<-healthy).Healthy)

	res, err := http.Get(web.URL() + "/world")
	if err != nil {
		panic(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	fmt.Println(string(body))
	// Output:
	// true
	// hello /world
}
