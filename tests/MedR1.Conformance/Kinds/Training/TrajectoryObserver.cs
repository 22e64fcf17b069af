using System.Text.Json;
using MedR1.Losses;
using MedR1.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>Compares the course of a GRPO run with the case.</summary>
internal sealed class TrajectoryObserver(
    ConformanceCase conformanceCase, Checker checker, ScriptedRun run, ParameterChecks parameters) : IRolloutObserver
{
    private readonly List<IReadOnlyDictionary<string, LossMetric>> _metrics = [];
    private int _rollouts;
    private int _microSteps;

    /// <summary>After the run, requires that the trainer has reported everything that the case compares.</summary>
    public void RequireCompared()
    {
        JsonElement expected = conformanceCase.Expected;
        checker.Equal("generations", expected.GetProperty("generations").GetArrayLength(), _rollouts);
        checker.Equal("micro_steps", expected.GetProperty("micro_steps").GetArrayLength(), _microSteps);
        parameters.RequireCompared(conformanceCase, checker);
    }

    public void OnRollout(Rollout rollout)
    {
        _rollouts++;
        JsonElement expected = conformanceCase.Expected.GetProperty("generations")[(int)rollout.Index];
        double[] advantages = [.. rollout.Advantages.SelectMany(group => group)];
        checker.Numbers("advantages", conformanceCase.Tensor(expected.GetProperty("advantages")), advantages);
        checker.Equal(
            "num_items_in_batch", expected.GetProperty("num_items_in_batch").GetInt64(), rollout.ActiveTokenCount);
    }

    public void OnMicroStep(PolicyMicroStep microStep)
    {
        JsonElement expected = conformanceCase.Expected.GetProperty("micro_steps")[_microSteps];
        string field = $"micro_steps[{_microSteps}]";
        int[] rows = run.MicroSteps(microStep.Step - 1)[microStep.MicroStep];
        int[] places = [.. rows.Select(row => microStep.Rows.ToList().IndexOf(run.IndexOf(row)))];
        int width = run.Width((int)microStep.Rollout.Index);
        checker.Number(
            $"{field}/loss", expected.GetProperty("loss").GetDouble(), microStep.Loss, checker.ToleranceOf("loss"));
        Compare("mask", microStep.Inputs.Mask, Tolerance.None);
        Compare(
            "logps", microStep.Inputs.LogProbabilities,
            microStep.Step == 1 ? checker.ToleranceOf("first_step_logps") : null);
        Compare("entropies", microStep.Inputs.Entropies, null);
        Compare("old_logps", microStep.Inputs.OldLogProbabilities, null);
        Compare("ref_logps", microStep.Inputs.ReferenceLogProbabilities, null);
        _metrics.Add(microStep.Metrics);
        _microSteps++;

        void Compare(string name, Tensor? got_BT, Tolerance? tolerance)
        {
            if (conformanceCase.OptionalTensor(expected, name) is not GoldenTensor wanted)
            {
                return;
            }

            if (got_BT is null)
            {
                checker.Fail($"{field}/{name}: missing");
                return;
            }

            using DisposeScope scope = NewDisposeScope();
            Tensor masked_BT = got_BT.detach().masked_fill(microStep.Inputs.Mask.logical_not(), 0)
                .to(ScalarType.Float64);
            Tensor padded_BT = nn.functional.pad(masked_BT, [0, width - masked_BT.shape[1]]);
            Tensor places_B = tensor([.. places.Select(place => (long)place)], device: conformanceCase.Device);
            Tensor sorted_BT = padded_BT.index_select(0, places_B);
            checker.Numbers($"{field}/{name}", wanted, sorted_BT.ToDoubles(), tolerance ?? checker.ToleranceOf(name));
        }
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
        Dictionary<string, double> values = metrics.Values.ToDictionary();
        foreach ((string name, double value) in MicroBatchMeans.Of(_metrics))
        {
            values[name] = value;
        }

        _metrics.Clear();
        TrainingCase.CheckMetrics(
            checker, (int)metrics.Step - 1,
            conformanceCase.Expected.GetProperty("steps")[(int)metrics.Step - 1], values);
        parameters.Compare(conformanceCase, checker, metrics.Step);
    }
}
