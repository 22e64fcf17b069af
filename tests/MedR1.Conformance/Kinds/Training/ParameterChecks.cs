using System.Text.Json;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>Compares the parameters and gradients of a run by name.</summary>
internal sealed class ParameterChecks : IDisposable
{
    private const string GradientsOfFirstStep = "gradient_norms_step0_after_clip";

    private readonly IReadOnlyList<KeyValuePair<string, Parameter>> _parameters;
    private readonly Dictionary<string, Tensor> _start = [];
    private readonly List<string> _compared = [];

    /// <summary>Stores copies of the parameters.</summary>
    public ParameterChecks(IReadOnlyList<KeyValuePair<string, Parameter>> parameters)
    {
        _parameters = parameters;
        foreach ((string name, Tensor parameter) in Parameters)
        {
            _start.Add(name, parameter.detach().clone());
        }
    }

    private IEnumerable<(string Name, Tensor Value)> Parameters =>
        _parameters.Select(pair => (pair.Key, (Tensor)pair.Value));

    /// <summary>Compares the norm of each parameter's gradient in the first step with that of the case.</summary>
    public void Gradients(ConformanceCase conformanceCase, Checker checker)
    {
        _compared.Add(GradientsOfFirstStep);
        foreach (JsonProperty property in conformanceCase.Expected.GetProperty(GradientsOfFirstStep).EnumerateObject())
        {
            using Tensor? gradient = Find(property.Name).grad;
            double norm = gradient is null ? 0 : Norm(gradient);
            checker.Number(
                $"{GradientsOfFirstStep}/{property.Name}", property.Value.GetDouble(), norm,
                checker.ToleranceOf(GradientsOfFirstStep));
        }
    }

    /// <summary>Compares norms, distances from the start and values after a step, if the case has them.</summary>
    public void Compare(ConformanceCase conformanceCase, Checker checker, long step)
    {
        if (!conformanceCase.Expected.GetProperty("parameters").TryGetProperty($"step{step}", out JsonElement expected))
        {
            return;
        }

        string field = $"parameters.step{step}";
        _compared.Add(field);
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        checker.Number(
            $"{field}/total_norm", expected.GetProperty("total_norm").GetDouble(),
            Math.Sqrt(Parameters.Sum(parameter => Square(Norm(parameter.Value)))), checker.ToleranceOf("total_norm"));
        checker.Number(
            $"{field}/moved_total", expected.GetProperty("moved_total").GetDouble(),
            Math.Sqrt(Parameters.Sum(parameter => Square(Moved(parameter.Name)))), checker.ToleranceOf("moved_total"));
        foreach (JsonProperty property in expected.GetProperty("norms").EnumerateObject())
        {
            checker.Number(
                $"{field}/norms/{property.Name}", property.Value.GetDouble(), Norm(Find(property.Name)),
                checker.ToleranceOf("norms"));
        }

        foreach (JsonProperty property in expected.GetProperty("moved").EnumerateObject())
        {
            checker.Number(
                $"{field}/moved/{property.Name}", property.Value.GetDouble(), Moved(property.Name),
                checker.ToleranceOf("moved"));
        }

        foreach (JsonProperty property in expected.GetProperty("values").EnumerateObject())
        {
            checker.Numbers(
                $"{field}/values/{property.Name}", conformanceCase.Tensor(property.Value),
                CaseModel.Values(Find(property.Name)),
                checker.ToleranceOf("values"));
        }
    }

    /// <summary>Requires that the first gradients, and the parameters after every step of the case, were compared.</summary>
    public void RequireCompared(ConformanceCase conformanceCase, Checker checker) => checker.SequenceEqual(
        "gradients and parameters that were compared",
        [GradientsOfFirstStep, .. conformanceCase.Expected.GetProperty("parameters").EnumerateObject()
            .Select(step => $"parameters.{step.Name}")],
        _compared);

    /// <summary>Frees the copies.</summary>
    public void Dispose()
    {
        foreach (Tensor tensor in _start.Values)
        {
            tensor.Dispose();
        }
    }

    private static double Square(double value) => value * value;

    private static double Norm(Tensor tensor)
    {
        using Tensor norm = tensor.detach().to(ScalarType.Float64).norm();
        return norm.ToDouble();
    }

    private Tensor Find(string name) => _parameters.First(pair => pair.Key == name).Value;

    private double Moved(string name)
    {
        using Tensor difference = Find(name).detach().to(ScalarType.Float64) - _start[name];
        return Norm(difference);
    }
}
