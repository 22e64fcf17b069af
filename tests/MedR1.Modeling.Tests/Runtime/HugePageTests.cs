using System.Globalization;
using TorchSharp;

namespace MedR1.Modeling.Tests.Runtime;

public class HugePageTests
{
    // The kernel marks a mapping with "hg" if huge pages were requested for it (proc_pid_smaps(5)).
    [Fact]
    public unsafe void Large_tensors_request_huge_pages()
    {
        using torch.Tensor tensor = torch.empty(8 << 20, dtype: torch.ScalarType.Byte);

        bool kernelHasThem = File.Exists("/sys/kernel/mm/transparent_hugepage/enabled");
        Assert.Equal(kernelHasThem, FlagsOf((nint)TensorMemory.AddressOf(tensor)).Contains("hg"));
    }

    private static string[] FlagsOf(nint address)
    {
        bool inside = false;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            string first = line.Split(' ')[0];
            string[] range = first.Split('-');
            if (range.Length == 2)
            {
                inside = Number(range[0]) <= address && address < Number(range[1]);
            }
            else if (inside && first == "VmFlags:")
            {
                return line["VmFlags:".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            }
        }

        return [];
    }

    private static long Number(string hexadecimal) =>
        long.Parse(hexadecimal, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
