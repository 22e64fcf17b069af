using System.Text.Json;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>Five optimizer steps of the real supervised trainer.</summary>
internal sealed class SftTrajectoryKind : IConformanceKind
{
    // The chat template of the family writes it after the end token of a message, and the reference trains on it.
    private const string BehindAnswer = "\n";

    public string Kind => "sft-trajectory";

    public string? Obstacle(ConformanceCase conformanceCase) => TrainingCase.Obstacle(conformanceCase.Inputs);

    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        JsonElement inputs = conformanceCase.Inputs;
        using Qwen2VLPolicy policy = TrainingCase.LoadPolicy(conformanceCase);
        JsonElement[] microSteps = [.. inputs.GetProperty("micro_steps").EnumerateArray()];
        int[][] rows = [.. microSteps.Select(step => CaseModel.Integers(step.GetProperty("rows")))];
        SupervisedExample[] examples = [.. inputs.GetProperty("examples").EnumerateArray().Select(
            example => Read(conformanceCase, example))];
        bool whole = IsWhole(inputs);
        using ParameterChecks parameters = new(policy.Parameters);
        Observer observer = new(conformanceCase, checker, parameters, policy, examples, rows, whole);
        using SftTrainer trainer = new SftTrainerBuilder(policy)
            .UseExamples(examples)
            .UseOrder(new Order([.. rows.SelectMany(row => row)]))
            .AddObserver(observer)
            .Configure(options =>
            {
                TrainingCase.Configure(inputs, options);
                options.ExamplesPerMicroBatch = rows[0].Length;
                options.ExamplesPerStep = microSteps.Where(step => step.GetProperty("optimizer_step").GetInt32() == 0)
                    .Sum(step => step.GetProperty("rows").GetArrayLength());
                options.SortByLength = false;
                options.TrainOnPrompt = whole;
                options.TextAfterAnswer = BehindAnswer;
            })
            .Build();
        TrainingReport report = trainer.RunAsync().GetAwaiter().GetResult();
        checker.Equal("steps", conformanceCase.Expected.GetProperty("steps").GetArrayLength(), (int)report.Steps);
        observer.RequireCompared();
    }

    private static bool IsWhole(JsonElement inputs) =>
        inputs.GetProperty("config").TryGetProperty("completion_only_loss", out JsonElement only)
        && only.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? !only.GetBoolean()
            : inputs.GetProperty("examples")[0].TryGetProperty("messages", out _);

    private static SupervisedExample Read(ConformanceCase conformanceCase, JsonElement example)
    {
        if (example.TryGetProperty("messages", out JsonElement messages))
        {
            return SupervisedExample.Conversation(TrainingCase.Messages(conformanceCase, messages, example));
        }

        return SupervisedExample.Conversation(
        [
            .. TrainingCase.Messages(conformanceCase, example.GetProperty("prompt"), example),
            .. TrainingCase.Messages(conformanceCase, example.GetProperty("completion"), owner: null),
        ]);
    }

    private sealed class Order(int[] indices) : IExampleOrder
    {
        public int IndexAt(long position, int count) => indices[position];
    }

    private sealed class Observer(
        ConformanceCase conformanceCase, Checker checker, ParameterChecks parameters, Qwen2VLPolicy policy,
        SupervisedExample[] examples, int[][] rows, bool whole) : ISftObserver
    {
        private int _microSteps;

        /// <summary>After the run, requires that the trainer has reported everything that the case compares.</summary>
        public void RequireCompared()
        {
            checker.Equal("micro_steps", rows.Length, _microSteps);
            parameters.RequireCompared(conformanceCase, checker);
        }

        public void OnMicroStep(long step, int microStep, Tensor logProbabilities)
        {
            JsonElement expected = conformanceCase.Expected.GetProperty("micro_steps")[_microSteps];
            string field = $"micro_steps[{_microSteps}]";
            GoldenTensor ids = conformanceCase.Tensor(expected.GetProperty("input_ids"));
            GoldenTensor labels = conformanceCase.Tensor(expected.GetProperty("labels"));
            GoldenTensor attention = conformanceCase.Tensor(expected.GetProperty("attention_mask"));
            GoldenTensor wanted = conformanceCase.Tensor(expected.GetProperty("log_probs"));
            using Tensor got = logProbabilities.detach().to(ScalarType.Float64).cpu().contiguous();
            double[] all = new double[wanted.Values.Length];
            List<int> grids = [];
            double loss = 0;
            for (int row = 0; row < rows[_microSteps].Length; row++)
            {
                SupervisedExample example = examples[rows[_microSteps][row]];
                EncodedPrompt prompt = policy.Processor.Encode(example.Prompt!);
                int[] completion =
                    [.. policy.Processor.EncodeCompletion(example.Completion!),
                        .. policy.Processor.Tokenizer.Encode(BehindAnswer)];
                int[] tokens = [.. prompt.TokenIds, .. completion];
                int first = whole ? 0 : prompt.TokenIds.Count;
                int length = (int)attention.Row(row).Values.Sum();
                checker.SequenceEqual($"{field}/input_ids[{row}]",
                    [.. ids.Row(row).ToInt64s().Take(length).Select(id => (int)id)], tokens);
                checker.SequenceEqual(
                    $"{field}/labels[{row}]", labels.Row(row).ToInt64s(),
                    [.. Enumerable.Range(0, (int)ids.Shape[1])
                        .Select(place => place >= first && place < tokens.Length ? tokens[place] : -100L)]);
                grids.AddRange(prompt.Images.SelectMany(
                    image => new[] { image.Grid.Frames, image.Grid.Rows, image.Grid.Columns }));
                double[] own = got[row].data<double>().ToArray();
                int columns = (int)wanted.Shape[1];
                for (int place = Math.Max(first, 1); place < tokens.Length; place++)
                {
                    all[row * columns + place - 1] = own[whole ? place - 1 : place - first];
                    loss -= all[row * columns + place - 1];
                }
            }

            checker.SequenceEqual($"{field}/image_grid_thw", TrainingCase.Grids(conformanceCase, expected), grids);
            checker.Numbers(
                $"{field}/log_probs", wanted, all, step == 1 ? checker.ToleranceOf("first_step_logps")
                    : checker.ToleranceOf("log_probs"));
            checker.Number(
                $"{field}/loss", expected.GetProperty("loss").GetDouble(),
                loss / expected.GetProperty("num_items_in_batch").GetDouble(),
                checker.ToleranceOf("loss"));
            _microSteps++;
        }

        public void OnGradients(long step)
        {
            if (step == 1)
            {
                parameters.Gradients(conformanceCase, checker);
            }
        }

        public void OnStep(StepMetrics metrics)
        {
            // This trainer doesn't measure entropy and token accuracy: they would cost a pass over all logits.
            TrainingCase.CheckMetrics(
                checker, (int)metrics.Step - 1, conformanceCase.Expected.GetProperty("steps")[(int)metrics.Step - 1],
                metrics.Values,
                "entropy", "mean_token_accuracy");
            parameters.Compare(conformanceCase, checker, metrics.Step);
        }
    }
}
