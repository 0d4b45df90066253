package ecsfixture_test

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/pkg/authconfig"
	registrytypes "github.com/moby/moby/api/types/registry"
	"github.com/moby/moby/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/testimage"
)

const registryUser, registryPassword = "puller", "correct horse"

// registry is Debian's docker-registry with a password, behind a proxy that
// counts, and that can be slow.
type registry struct {
	host string // of the proxy, which asks for the password
	open string // of another one, which knows it

	mu    sync.Mutex     // guards the fields below
	gets  map[string]int // requests by path
	drips chan struct{}  // closed: blobs come at full speed
	ended chan string    // receives the paths of blobs that nobody reads any more
}

// startRegistry starts a registry.
func startRegistry(t *testing.T) *registry {
	t.Helper()
	for _, program := range []string{"docker-registry", "htpasswd"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("this test needs a registry: run \"apt-get install docker-registry apache2-utils\" (%v)", err)
		}
	}
	backend := serveRegistry(t)
	r := &registry{gets: map[string]int{}, drips: make(chan struct{}), ended: make(chan string, 100)}
	close(r.drips)
	r.host, r.open = r.proxy(t, backend, false), r.proxy(t, backend, true)
	return r
}

// serveRegistry runs the program until the test ends.
func serveRegistry(t *testing.T) *url.URL {
	t.Helper()
	dir := t.TempDir()
	passwords, err := exec.Command("htpasswd", "-Bbn", registryUser, registryPassword).Output()
	require.NoError(t, err)
	address := fmt.Sprint("127.0.0.1:", freePort(t))
	config := fmt.Sprintf(`
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: %[1]s/data}}
http: {addr: %[2]s, relativeurls: true}
auth: {htpasswd: {realm: test, path: %[1]s/passwords}}
`, dir, address)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "passwords"), passwords, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "config.yml"), []byte(config), 0o600))
	program := exec.Command("docker-registry", "serve", filepath.Join(dir, "config.yml"))
	var output bytes.Buffer
	program.Stdout, program.Stderr = &output, &output
	require.NoError(t, program.Start())
	t.Cleanup(func() {
		_ = program.Process.Kill()
		_ = program.Wait()
		if t.Failed() {
			t.Log("the registry said: ", output.String())
		}
	})
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	}, patience, 20*time.Millisecond, "the registry doesn't listen")
	return &url.URL{Scheme: "http", Host: address}
}

// proxy returns the address of a proxy before the registry.
func (r *registry) proxy(t *testing.T, backend *url.URL, login bool) string {
	transport := new(http.Transport)
	server := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(backend)
			p.Out.Host = p.In.Host
			if login {
				p.Out.SetBasicAuth(registryUser, registryPassword)
			}
			r.count(p.In)
		},
		ModifyResponse: r.slowDown,
		Transport:      transport,
		FlushInterval:  -1,
		ErrorLog:       log.New(io.Discard, "", 0),
		ErrorHandler:   func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	})
	t.Cleanup(func() {
		server.Close()
		transport.CloseIdleConnections()
	})
	return server.Listener.Addr().String()
}

func (r *registry) count(req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if req.Method == http.MethodGet {
		r.gets[req.URL.Path]++
	}
}

// got counts the blobs and manifests of a repository that were asked for, each
// as often as it was.
func (r *registry) got(repository string) map[string]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	counts := map[string]int{}
	for path, n := range r.gets {
		if rest, ok := strings.CutPrefix(path, "/v2/"+repository+"/"); ok {
			counts[rest] = n
		}
	}
	return counts
}

// forget starts the counts again.
func (r *registry) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.gets)
}

// beSlow lets blobs drip until the function that it returns is called.
func (r *registry) beSlow() (release func()) {
	drips := make(chan struct{})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.drips = drips
	return sync.OnceFunc(func() { close(drips) })
}

func (r *registry) slowDown(resp *http.Response) error {
	if resp.Request.Method == http.MethodGet && strings.Contains(resp.Request.URL.Path, "/blobs/") {
		r.mu.Lock()
		defer r.mu.Unlock()
		resp.Body = &drip{ReadCloser: resp.Body, r: r, free: r.drips, gone: resp.Request.Context().Done(), path: resp.Request.URL.Path}
	}
	return nil
}

// drip reads a few bytes at a time until it is set free.
type drip struct {
	io.ReadCloser
	r          *registry
	free, gone <-chan struct{}
	path       string
}

func (d *drip) Read(b []byte) (int, error) {
	select {
	case <-d.free:
		return d.ReadCloser.Read(b)
	default:
	}
	select {
	case <-d.free:
	case <-d.gone:
		return 0, io.ErrUnexpectedEOF
	case <-time.After(20 * time.Millisecond): // the pace of a slow network
	}
	return d.ReadCloser.Read(b[:min(len(b), 2<<10)])
}

func (d *drip) Close() error {
	select {
	case d.r.ended <- d.path:
	default: // nobody is interested
	}
	return d.ReadCloser.Close()
}

// push puts a new image, busybox and size random bytes, into the registry and
// returns its digest. The engine doesn't keep it.
func (r *registry) push(t *testing.T, name string, size int) (digest string) {
	t.Helper()
	cli, err := client.New(client.FromEnv)
	require.NoError(t, err)
	defer cli.Close()
	ref := r.host + "/" + name
	built, err := cli.ImageBuild(t.Context(), buildContext(t, size), client.ImageBuildOptions{Tags: []string{ref}, Remove: true, ForceRemove: true, Version: "1"})
	require.NoError(t, err)
	output, err := io.ReadAll(built.Body)
	require.NoError(t, err)
	require.NotContains(t, string(output), "errorDetail")
	login, err := authconfig.Encode(registrytypes.AuthConfig{Username: registryUser, Password: registryPassword})
	require.NoError(t, err)
	pushed, err := cli.ImagePush(t.Context(), ref, client.ImagePushOptions{RegistryAuth: login})
	require.NoError(t, err)
	output, err = io.ReadAll(pushed)
	require.NoError(t, err)
	require.NoError(t, pushed.Close())
	_, after, ok := strings.Cut(string(output), `"Digest":"`)
	require.True(t, ok, string(output))
	digest, _, _ = strings.Cut(after, `"`)
	r.remove(t, name)
	r.forget()
	t.Cleanup(func() { r.remove(t, name, strings.Split(name, ":")[0]+"@"+digest) })
	return digest
}

// remove takes what was pulled out of the engine.
func (r *registry) remove(t *testing.T, names ...string) {
	t.Helper()
	cli, err := client.New(client.FromEnv)
	require.NoError(t, err)
	defer cli.Close()
	for _, name := range names {
		for _, host := range []string{r.host, r.open} {
			_, err := cli.ImageRemove(context.Background(), host+"/"+name, client.ImageRemoveOptions{Force: true, PruneChildren: true})
			if !errdefs.IsNotFound(err) { // it wasn't pulled by that name
				assert.NoError(t, err)
			}
		}
	}
}

// hasImage reports whether the engine has an image.
func hasImage(t *testing.T, name string) bool {
	t.Helper()
	cli, err := client.New(client.FromEnv)
	require.NoError(t, err)
	defer cli.Close()
	_, err = cli.ImageInspect(t.Context(), name)
	return err == nil
}

func buildContext(t *testing.T, size int) io.Reader {
	t.Helper()
	payload := make([]byte, size)
	_, _ = rand.Read(payload)
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for name, body := range map[string][]byte{"Dockerfile": []byte("FROM " + testimage.Busybox(t) + "\nCOPY payload /payload\n"), "payload": payload} {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(body))}))
		_, err := w.Write(body)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return &buf
}
