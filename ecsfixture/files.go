package ecsfixture

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
)

// Files stands for S3: what environmentFiles name by ARN is read from here.
// Values of the form file:///path are read from the disk.
type Files struct {
	mu     sync.RWMutex // guards bodies
	bodies map[string][]byte
}

func newFiles() *Files { return &Files{bodies: map[string][]byte{}} }

// Put keeps body as the object of an ARN such as arn:aws:s3:::bucket/app.env.
func (f *Files) Put(arn string, body []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.bodies[arn] = bytes.Clone(body)
}

func (f *Files) read(_ context.Context, ref string) ([]byte, error) {
	if path, ok := strings.CutPrefix(ref, "file://"); ok {
		return os.ReadFile(path)
	}
	f.mu.RLock()
	defer f.mu.RUnlock()
	body, ok := f.bodies[ref]
	if !ok {
		return nil, fmt.Errorf("NoSuchKey: %s was not put into the fixture's Files", ref)
	}
	return bytes.Clone(body), nil
}
