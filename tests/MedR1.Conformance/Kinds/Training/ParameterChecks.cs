using System.Text.Json;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>Compares the parameters and gradients of a run by name.</summary>
internal sealed class ParameterChecks : IDisposable
{
    private readonly IReadOnlyList<KeyValuePair<string, Parameter>> _parameters;
    private readonly Dictionary<string, Tensor> _start = [];

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

    /// <summary>Compares the norm of each parameter's gradient.</summary>
    public void Gradients(Checker checker, string field, JsonElement expected)
    {
        foreach (JsonProperty property in expected.EnumerateObject())
        {
            using Tensor? gradient = Find(property.Name).grad;
            double norm = gradient is null ? 0 : Norm(gradient);
            checker.Number($"{field}/{property.Name}", property.Value.GetDouble(), norm, checker.ToleranceOf(field));
        }
    }

    /// <summary>Compares norms, distances from the start and values.</summary>
    public void Compare(ConformanceCase conformanceCase, Checker checker, string field, JsonElement expected)
    {
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
