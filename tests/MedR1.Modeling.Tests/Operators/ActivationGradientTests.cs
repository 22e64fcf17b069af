using MedR1.TestSupport;
using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Operators;

public class ActivationGradientTests
{
    // Sums and products of the derivatives with a rounding each, and an exponential with an error of one or two units in the last
    // place; that of the error function is 1.4e-7.
    private const double Tolerance = 1e-6;

    // Sizes with and without an incomplete vector, and with several parts of 16,384 numbers.
    public static TheoryData<string, int, int> Cases
    {
        get
        {
            TheoryData<string, int, int> cases = [];
            foreach (string name in (string[])["gelu", "quick gelu", "tanh gelu", "gate"])
            {
                cases.Add(name, 1, 5);
                cases.Add(name, 7, 48);
                cases.Add(name, 513, 67);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_are_exact_up_to_rounding(string name, int rows, int width)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor y, Tensor given) = Numbers(rows, width);
        autograd.backward([Own(name, x, y)], [given]);

        (Tensor exactX, Tensor exactY) = (Wide(x), Wide(y));
        autograd.backward([Exact(name, exactX, exactY)], [given.to(float64)]);
        Near(exactX.grad!, x.grad!);
        if (name == "gate")
        {
            Near(exactY.grad!, y.grad!);
        }
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Only_tensors_that_require_gradients_get_them(bool ofGate, bool ofUp)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor gate = ones(33, requires_grad: ofGate), up = ones(33, requires_grad: ofUp);
        GatedActivation.Apply(gate, up).sum().backward();

        // With s = sigmoid(1) = 0.7310586: s + s (1 − s) for the gate, s for the gated input.
        Assert.Equal(ofGate, gate.grad is not null);
        Assert.Equal(ofUp, up.grad is not null);
        Assert.Equal(ofGate ? 0.9276705 : 0.7310586, (gate.grad ?? up.grad)![32].ToDouble(), 1e-6);
    }

    [Theory]
    [InlineData("gelu")]
    [InlineData("quick gelu")]
    [InlineData("tanh gelu")]
    [InlineData("gate")]
    public void Values_and_gradients_have_the_same_bits_on_any_number_of_threads(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        (float[] Value, float[] OfX, float[] OfY) alone = ThreadCounts.Run(1, Compute);
        foreach (int threads in ThreadCounts.Others)
        {
            (float[] value, float[] ofX, float[] ofY) = ThreadCounts.Run(threads, Compute);
            Assert.Equal(alone.Value, value);
            Assert.Equal(alone.OfX, ofX);
            Assert.Equal(alone.OfY, ofY);
        }

        using IDisposable noGradient = no_grad();
        (Tensor x, Tensor y, _) = Numbers(601, 167);
        Assert.Equal(alone.Value, Own(name, x, y).data<float>().ToArray());

        (float[], float[], float[]) Compute()
        {
            (Tensor x, Tensor y, Tensor given) = Numbers(601, 167);
            Tensor value = Own(name, x, y);
            autograd.backward([value], [given]);
            return (value.detach().data<float>().ToArray(), x.grad!.data<float>().ToArray(), y.grad?.data<float>().ToArray() ?? []);
        }
    }

    [Fact]
    public void Inputs_that_are_not_contiguous_get_gradients_too()
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, _, Tensor given) = Numbers(32, 32);
        autograd.backward([GeluActivation.Quick(x.t())], [given.t()]);
        Tensor exact = Wide(x);
        autograd.backward([Exact("quick gelu", exact, exact)], [given.to(float64)]);
        Near(exact.grad!, x.grad!);
    }

    private static (Tensor X, Tensor Y, Tensor Given) Numbers(int rows, int width)
    {
        using Generator generator = new(53, CPU);
        Tensor x = randn([rows, width], generator: generator).mul(4).requires_grad_();
        Tensor y = randn([rows, width], generator: generator).requires_grad_();
        return (x, y, randn([rows, width], generator: generator));
    }

    private static Tensor Own(string name, Tensor x, Tensor y) => name switch
    {
        "gelu" => GeluActivation.Exact(x),
        "quick gelu" => GeluActivation.Quick(x),
        "tanh gelu" => GeluActivation.Tanh(x),
        _ => GatedActivation.Apply(x, y),
    };

    private static Tensor Exact(string name, Tensor x, Tensor y) => name switch
    {
        "gelu" => x * (1 + special.erf(x / Math.Sqrt(2))) / 2,
        "quick gelu" => x * (1.702 * x).sigmoid(),
        "tanh gelu" => x * (1 + (Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x.pow(3)))).tanh()) / 2,
        _ => x * x.sigmoid() * y,
    };

    private static Tensor Wide(Tensor numbers) => numbers.detach().to(float64).requires_grad_();

    private static void Near(Tensor exact, Tensor actual)
    {
        Tensor error = (actual.to(float64) - exact).abs();
        Assert.True(error.le(exact.abs() * Tolerance + Tolerance).all().item<bool>(), $"largest error {error.max().ToDouble()}");
    }
}
