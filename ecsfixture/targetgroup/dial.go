package targetgroup

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

// connectTimeout is that of a load balancer.
const connectTimeout = 10 * time.Second

var errVirtual = errors.New("in a synctest bubble targets are reached by targetgroup.Dial only")

func dialTCP(ctx context.Context, t server.Target) (net.Conn, error) {
	if inBubble() {
		return nil, errVirtual // a blocked connect would keep the bubble's time from passing
	}
	d := net.Dialer{Timeout: connectTimeout}
	return d.DialContext(ctx, "tcp", t.Address)
}

// inBubble reports whether time is virtual. A bubble's clock starts at
// midnight UTC 2000-01-01; see testing/synctest.
func inBubble() bool { return time.Now().Year() < 2020 }
