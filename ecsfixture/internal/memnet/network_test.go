package memnet_test

import (
	"context"
	"io"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/memnet"
)

func TestConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Network
		dialled := 0
		l, err := n.ListenLazily("10.0.0.4:80", func(net.Listener) { dialled++ })
		require.NoError(t, err)
		assert.Equal(t, "10.0.0.4:80", l.Addr().String())
		go func() {
			conn, err := l.Accept()
			if assert.NoError(t, err) {
				_, _ = io.WriteString(conn, "hello")
				conn.Close()
			}
		}()
		conn, err := n.Dial(t.Context(), "10.0.0.4:80")
		require.NoError(t, err)
		text, err := io.ReadAll(conn)
		require.NoError(t, err)
		assert.Equal(t, "hello", string(text))
		assert.Equal(t, 1, dialled)
	})
}

func TestOneListenerAtEachAddress(t *testing.T) {
	var n memnet.Network
	l, err := n.Listen("a:1")
	require.NoError(t, err)
	_, err = n.Listen("a:1")
	require.ErrorIs(t, err, syscall.EADDRINUSE)
	require.NoError(t, l.Close())
	require.NoError(t, l.Close())
	_, err = l.Accept()
	require.Error(t, err)
	again, err := n.Listen("a:1")
	require.NoError(t, err)
	require.NoError(t, l.Close(), "it isn't the other's")
	_, err = n.Listen("a:1")
	require.ErrorIs(t, err, syscall.EADDRINUSE)
	require.NoError(t, again.Close())
}

func TestDialsThatFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Network
		_, err := n.Dial(t.Context(), "10.0.0.4:80")
		require.ErrorIs(t, err, syscall.ECONNREFUSED)
		assert.EqualError(t, err, "dial tcp 10.0.0.4:80: connect: connection refused")
		l, err := n.Listen("a:1")
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		_, err = n.Dial(ctx, "a:1")
		require.ErrorIs(t, err, context.DeadlineExceeded, "nobody accepts")
		time.AfterFunc(time.Second, func() { _ = l.Close() })
		_, err = n.Dial(t.Context(), "a:1")
		require.ErrorIs(t, err, syscall.ECONNREFUSED)
	})
}
