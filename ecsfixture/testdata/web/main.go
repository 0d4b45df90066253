// Web is a service for tests: it answers with its version, and ends as a good
// one does.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	switch os.Getenv("RELEASE") {
	case "crashes":
		fmt.Fprintln(os.Stderr, "no such table: orders")
		os.Exit(1)
	case "sick":
		http.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	default:
		http.HandleFunc("/health", func(http.ResponseWriter, *http.Request) {})
	}
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, os.Getenv("RELEASE")) })
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	server := &http.Server{Addr: ":8080", ReadHeaderTimeout: time.Minute}
	go func() {
		<-ctx.Done()
		_ = server.Shutdown(context.Background())
	}()
	fmt.Println(server.ListenAndServe())
}
