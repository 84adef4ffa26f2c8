# Somebody changes the data: row numbers mean nothing in another file, so the model waits.

data=$root/srv/data/cifar10
mv "$data/data_batch_1.bin" "$data/kept"
head -c 3073000 "$data/kept" > "$data/data_batch_1.bin"
printf 'hamud: 1\nmodel: cifar10\nforget: {samples: [9]}\npriority: urgent\n' | drop alice meanwhile.yaml
claim "the model is paused" await 100 paused cifar10
claim "with one warning" equal "$(count_of dataChanged HAMUD_MODEL=cifar10)" 1
claim "the service is active" active
claim "nothing was forgotten in the wrong data" equal "$(current_number cifar10)" 3
# The same rows in another order: one row of the end comes first.
{ tail -c 3073 "$data/kept"; head -c -3073 "$data/kept"; } > "$data/data_batch_1.bin"
{ echo row,id,subject; tail -n 1 "$data/ids.csv" | sed 's/^[0-9]*/0/'
  tail -n +2 "$data/ids.csv" | head -n -1 | awk -F, -v OFS=, '{ $1 = $1 + 1; print }'; } > "$data/ids.new"
cp "$data/ids.csv" "$data/ids.kept"
cp "$data/ids.new" "$data/ids.csv"
claim "hamuctl rematch follows every forgotten row" m hamuctl rematch cifar10
claim "the model goes on" not paused cifar10
claim "the journal tells how many moved" at_least "$(count_of modelRematched HAMUD_MODEL=cifar10)" 1
m hamuctl cancel meanwhile
