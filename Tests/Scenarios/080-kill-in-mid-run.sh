# kill -9 in mid-run: systemd starts it again, and the same batch ends with the same weights.

configure killed
must "the model is taken up" m systemctl reload hamud
airplane killed-1 killed | drop alice killed-1.yaml
must "the run has begun" await 120 running_step_at_least killed 15
pid=$(main_pid)
m kill -KILL "$pid"
must "systemd starts it again" await 30 restarted_since "$pid"
must "it finishes the request" settled killed-1
claim "as version 2" equal "$(current_number killed)" 2
claim "the same weights, bit for bit, as the undisturbed run" equal "$(weights_of killed)" "$(cat "$logs/airplane-weights")"
claim "nothing half-written is left beside the versions" equal "$(ls -A "$(versions_of killed)")" "000001
000002"
