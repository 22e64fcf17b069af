using System.Runtime.InteropServices;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Operators;

public class TensorMemoryTests
{
    [Fact]
    public void Reads_and_writes_the_memory_itself()
    {
        using Block block = new(16);
        Marshal.Copy(new[] { 1f, 2f, 3f, 4f }, 0, block.Address, 4);

        using Tensor actual = TensorMemory.Wrap(block.Address, 16, [2, 2], float32, block);
        actual[1, 1] = tensor(9f);

        Assert.Equal([1f, 2f, 3f, 9f], actual.data<float>().ToArray());
        Assert.Equal(BitConverter.SingleToInt32Bits(9f), Marshal.ReadInt32(block.Address, 12));
    }

    [Fact]
    public void Keeps_the_memory_until_the_last_view_is_disposed()
    {
        Block block = new(16);
        Tensor whole = TensorMemory.Wrap(block.Address, 16, [4], float32, block);
        Tensor again = TensorMemory.Wrap(block.Address, 16, [4], float32, block);
        Tensor view = whole.narrow(0, 1, 2);

        block.Dispose();
        whole.Dispose();
        Assert.False(block.Freed);
        again.Dispose();
        Assert.False(block.Freed);
        view.Dispose();
        Assert.True(block.Freed);
    }

    [Fact]
    public void Creates_an_empty_tensor_without_memory()
    {
        using Block block = new(16);
        using Tensor actual = TensorMemory.Wrap(0, 0, [0, 3], bfloat16, block);

        Assert.Equal([0, 3], actual.shape);
        Assert.Equal(bfloat16, actual.dtype);
    }

    [Fact]
    public void Refuses_a_shape_that_does_not_fit()
    {
        using Block block = new(16);

        ArgumentException exception = Assert.Throws<ArgumentException>(
            () => TensorMemory.Wrap(block.Address, 16, [5], float32, block));
        Assert.Contains("Float32[5] needs 20 bytes, but got 16", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_an_address_that_is_not_aligned()
    {
        using Block block = new(16);

        ArgumentException exception = Assert.Throws<ArgumentException>(
            () => TensorMemory.Wrap(block.Address + 1, 8, [1], float32, block));
        Assert.Contains("not a multiple of 4", exception.Message, StringComparison.Ordinal);
    }

    private sealed class Block : SafeHandle
    {
        public Block(int size)
            : base(0, ownsHandle: true) =>
            SetHandle(Marshal.AllocHGlobal(size));

        public bool Freed { get; private set; }

        public nint Address => handle;

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            Marshal.FreeHGlobal(handle);
            return Freed = true;
        }
    }
}
