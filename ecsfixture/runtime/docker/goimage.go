package docker

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/moby/moby/client"
)

// contentLabel holds a hash of what an image was made of.
const contentLabel = "ecsfixture.content"

// BuildGoImage builds the main package in pkgDir into the image name: the
// static binary as ENTRYPOINT /app on an otherwise empty root with a /tmp
// and the users root and nobody. It needs the Go toolchain and no registry.
// An image that holds the same binary already is kept.
func BuildGoImage(ctx context.Context, pkgDir, name string) error {
	eng, err := connect(ctx)
	if err != nil {
		return err
	}
	defer eng.close()
	return eng.buildGoImage(ctx, pkgDir, name)
}

func (e *engine) buildGoImage(ctx context.Context, pkgDir, name string) error {
	arch, err := e.arch(ctx)
	if err != nil {
		return err
	}
	binary, err := goBuild(ctx, pkgDir, arch)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(binary)
	content := hex.EncodeToString(sum[:])
	if !strings.Contains(filepath.Base(name), ":") {
		name += ":latest"
	}
	if e.imageHolds(ctx, name, content) {
		return nil
	}
	return e.importApp(ctx, name, content, binary)
}

// arch is the engine's architecture as Go names it.
func (e *engine) arch(ctx context.Context) (string, error) {
	v, err := e.client.ServerVersion(ctx, client.ServerVersionOptions{})
	return v.Arch, err
}

// goBuild returns the static Linux binary of a main package.
func goBuild(ctx context.Context, pkgDir, arch string, env ...string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "ecsfixture-build-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "app")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-o", out, ".")
	cmd.Dir = pkgDir
	cmd.Env = append(append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch), env...)
	if text, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go build in %s: %w%s", pkgDir, err, strings.TrimRight("\n"+string(text), "\n"))
	}
	return os.ReadFile(out)
}

func (e *engine) imageHolds(ctx context.Context, name, content string) bool {
	img, err := e.client.ImageInspect(ctx, name)
	return err == nil && img.Config != nil && img.Config.Labels[contentLabel] == content
}

func (e *engine) importApp(ctx context.Context, name, content string, binary []byte) error {
	res, err := e.client.ImageImport(ctx,
		client.ImageImportSource{Source: appRoot(binary), SourceName: "-"}, name,
		client.ImageImportOptions{Changes: []string{`ENTRYPOINT ["/app"]`, "LABEL " + contentLabel + "=" + content}})
	if err != nil {
		return fmt.Errorf("image %s: %w", name, err)
	}
	defer res.Close()
	_, err = io.Copy(io.Discard, res)
	return err
}

// appRoot is the root file system of a Go image as a tar archive.
func appRoot(binary []byte) io.Reader {
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	// Writes to memory can't fail, and the headers are valid.
	_ = w.WriteHeader(&tar.Header{Name: "tmp/", Typeflag: tar.TypeDir, Mode: 0o1777})
	_ = w.WriteHeader(&tar.Header{Name: "etc/", Typeflag: tar.TypeDir, Mode: 0o755})
	for _, f := range []struct {
		name string
		mode int64
		data []byte
	}{
		{"etc/passwd", 0o644, []byte("root:x:0:0:root:/:/app\nnobody:x:65534:65534:nobody:/:/app\n")},
		{"etc/group", 0o644, []byte("root:x:0:\nnogroup:x:65534:\n")},
		{"app", 0o755, binary},
	} {
		_ = w.WriteHeader(&tar.Header{Name: f.name, Typeflag: tar.TypeReg, Mode: f.mode, Size: int64(len(f.data))})
		_, _ = w.Write(f.data)
	}
	_ = w.Close()
	return &buf
}
